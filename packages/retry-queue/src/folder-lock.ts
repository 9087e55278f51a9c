import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { QueueError } from "./queue-error.ts";

/**
 * Takes a folder for this process alone until the result is called, or the process ends in whatever way: the lock is one
 * that SQLite takes of the operating system, so a killed process leaves none behind. Throws `folder-in-use`, with the
 * holder's pid, when another one has it.
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "holder");
  const lock = new DatabaseSync(join(folder, "lock.db"));
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!/locked/.test(String(error))) throw error;
    throw new QueueError("folder-in-use", `Cannot open the queue: folder ${folder} is in use by ${nameOf(holder)}; one process at a time can have it open, for more use PostgreSQL`);
  }
  writeFileSync(holder, String(process.pid));
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}

/** A lock that nobody refers to is let go when memory is tidied up. */
const held = new Set<DatabaseSync>();

function nameOf(holder: string): string {
  try {
    return `process ${readFileSync(holder, "utf8")}`;
  } catch {
    return "another process";
  }
}
