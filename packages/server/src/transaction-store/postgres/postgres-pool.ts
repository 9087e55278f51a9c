/** The part of a client of `pg` 8 that the store uses; also the `Tx` of the store. */
export interface PostgresClient {
  query(
    text: string,
    values?: readonly unknown[],
    // oxlint-disable-next-line typescript/no-explicit-any -- like those of `pg`: `sellWithin` reads its own rows
  ): Promise<{ command: string; rows: any[]; rowCount: number | null }>;
}

/** A client that the store borrows from the pool for one database transaction. */
export interface PooledPostgresClient extends PostgresClient {
  release(error?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

/** The part of a `Pool` of `pg` 8 that the store uses. */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PooledPostgresClient>;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}
