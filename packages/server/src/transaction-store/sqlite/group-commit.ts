import type { DatabaseSync, StatementSync } from "node:sqlite";

interface Waiting {
  work(): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Runs a write, and resolves to its result once it is committed. */
export type Write = <T>(work: () => T) => Promise<T>;

/**
 * Commits the writes of one turn of the event loop together: each commit waits for the disk, and so do all writes that
 * come meanwhile. A write that throws is undone alone, as SQLite undoes a failed statement; so each may have one
 * statement that writes.
 */
export function groupCommits(
  database: DatabaseSync,
  { begin, commit }: { readonly begin: StatementSync; readonly commit: StatementSync },
  inTurn: <T>(work: () => T) => Promise<T>,
): Write {
  let waiting: Waiting[] = [];
  const commitAll = (): void => {
    const batch = waiting;
    waiting = [];
    let hasBegun = false;
    try {
      begin.run();
      hasBegun = true;
      const answers = batch.map((each) => runAlone(database, each));
      commit.run();
      for (const answer of answers) answer();
    } catch (error) {
      // First, as a database that was closed fails whatever it is asked.
      for (const { reject } of batch) reject(error);
      if (hasBegun && database.isTransaction) database.exec("ROLLBACK");
    }
  };
  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      // All sockets that have something to say are heard before the next turn.
      if (waiting.length === 0) setImmediate(() => void inTurn(commitAll));
      waiting.push({ work, resolve: resolve as (result: unknown) => void, reject });
    });
}

/** Runs one write, and returns how to answer it once the batch is committed. */
function runAlone(database: DatabaseSync, { work, resolve, reject }: Waiting): () => void {
  try {
    const result = work();
    return () => resolve(result);
  } catch (error) {
    // Some errors undo the whole transaction, a full disk for one (https://www.sqlite.org/lang_transaction.html).
    if (!database.isTransaction) throw error;
    return () => reject(error);
  }
}
