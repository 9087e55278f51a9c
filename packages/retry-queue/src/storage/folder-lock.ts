import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { QueueError } from "../queue-error.ts";

/**
 * Locks a folder for this process. The lock ends when the returned function is called or the process ends: it is a lock
 * of the operating system, which SQLite takes, so even a killed process leaves none behind. PGlite itself takes no
 * lock, and two processes corrupt its files: see https://github.com/electric-sql/pglite/issues/1106.
 *
 * @throws A {@link QueueError} with code `folder-in-use`, and the pid of the process that holds the lock.
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "holder");
  const lock = new DatabaseSync(join(folder, "lock.db"));
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!/locked/.test(String(error))) throw error;
    throw new QueueError(
      "folder-in-use",
      `Cannot open the queue: folder ${folder} is in use by ${readHolder(holder)}; ` +
        "one process at a time can have it open, for more use PostgreSQL",
    );
  }
  writeFileSync(holder, String(process.pid));
  locks.add(lock);
  return () => {
    locks.delete(lock);
    lock.close();
  };
}

/** Keeps the locks referenced: Node closes a database when it collects the object, and the lock ends with it. */
const locks = new Set<DatabaseSync>();

function readHolder(holder: string): string {
  try {
    return `process ${readFileSync(holder, "utf8")}`;
  } catch {
    return "another process";
  }
}
