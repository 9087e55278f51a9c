/** The part of a client of `pg` 8 that the store uses: its `Tx`. */
export interface PostgresClient {
  // oxlint-disable-next-line typescript/no-explicit-any -- as the types of pg have it
  query(text: string, values?: readonly unknown[]): Promise<{ command: string; rows: any[]; rowCount: number | null }>;
}

/** The part of a `Pool` of `pg` 8 that the store uses. */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PooledClient>;
}

interface PooledClient extends PostgresClient {
  release(isBroken?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

/** Runs work in a transaction. After an error it closes the connection, whose state is unknown then. */
export async function inTransaction<T>(pool: PostgresPool, work: (client: PostgresClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection lost between two queries would end the process. With it, the next query fails.
  const ignore = () => {};
  client.on("error", ignore);
  let isBroken = true;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    // After an error in the transaction, PostgreSQL answers COMMIT with ROLLBACK, and not with an error.
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error("Cannot commit: an error came before, and the database rolled back");
    isBroken = false;
    return result;
  } finally {
    client.off("error", ignore);
    client.release(isBroken);
  }
}
