import type { PostgresClient, PostgresPool } from "./postgres-pool.ts";

/**
 * Runs the work in a database transaction. If it throws, rolls back and closes the connection, as the work can have
 * changed its session.
 */
export async function inTransaction<T>(
  pool: PostgresPool,
  begin: string,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection that breaks between two queries ends the process: the pool listens to idle clients
  // only (https://github.com/brianc/node-postgres/issues/2439). The next query fails anyway.
  const ignore = () => {};
  client.on("error", ignore);
  let isBroken = true;
  try {
    await client.query(begin);
    const result = await work(client);
    // When an error has ended the transaction, PostgreSQL answers COMMIT with ROLLBACK instead of an error
    // (https://github.com/pgjdbc/pgjdbc/pull/1729).
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT")
      throw new Error("Cannot commit: an error came before, and the database has rolled it back");
    isBroken = false;
    return result;
  } catch (error) {
    // Its locks are free then: closing alone frees them a moment later. A connection that is dead does not answer.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moment = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)));
    await Promise.race([client.query("ROLLBACK").catch(ignore), moment]);
    clearTimeout(timer);
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(isBroken);
  }
}
