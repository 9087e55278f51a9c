import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { QueueError } from "./queue-error.ts";

/**
 * Locks a folder for this process until the returned function is called, or the process ends in any way. SQLite takes the lock
 * from the operating system, so a killed process leaves none behind.
 *
 * @throws A {@link QueueError} with `folder-in-use` and the holder's pid.
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "holder");
  const lock = new DatabaseSync(join(folder, "lock.db"));
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!/locked/.test(String(error))) throw error;
    const problem = `folder ${folder} is in use by ${holderName(holder)}`;
    const advice = "one process at a time can have it open, for more use PostgreSQL";
    throw new QueueError("folder-in-use", `Cannot open the queue: ${problem}; ${advice}`);
  }
  writeFileSync(holder, String(process.pid));
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}

/** Keeps the locks: garbage collection would release one that nothing refers to. */
const held = new Set<DatabaseSync>();

function holderName(holder: string): string {
  try {
    return `process ${readFileSync(holder, "utf8")}`;
  } catch {
    return "another process";
  }
}
