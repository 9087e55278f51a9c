import type { DatabaseSync, StatementSync } from "node:sqlite";

interface TransactionStatements {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
}

/** Runs the work in a database transaction. If the work throws, rolls back and rethrows. */
export async function inTransaction<T>(
  database: DatabaseSync,
  { begin, commit }: TransactionStatements,
  work: () => T | Promise<T>,
): Promise<T> {
  begin.run();
  try {
    const result = await work();
    commit.run();
    return result;
  } catch (error) {
    // On a full disk SQLite has rolled back already (https://www.sqlite.org/lang_transaction.html).
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
