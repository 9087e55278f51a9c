/**
 * Runs SQL: the `db` of pg-boss. A transaction of yours is one as
 * `{ executeSql: (text, values) => client.query(text, values) }`.
 */
export interface Db {
  // oxlint-disable-next-line typescript/no-explicit-any -- rows of any query, as pg-boss types them
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** A database of pg-boss that has transactions. */
export interface BossDb extends Db {
  beginTransaction(): Promise<{ db: Db; commit(): Promise<void>; rollback(): Promise<void> }>;
}
