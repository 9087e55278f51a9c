/**
 * Runs SQL, with the interface that pg-boss calls a `db`. Your own transaction of `pg` becomes one as `{ executeSql:
 * (text, values) => client.query(text, values) }`.
 */
export interface Db {
  // oxlint-disable-next-line typescript/no-explicit-any -- the columns of a row depend on the SQL
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** A database of pg-boss that has transactions. */
export interface BossDb extends Db {
  beginTransaction(): Promise<{ db: Db; commit(): Promise<void>; rollback(): Promise<void> }>;
}
