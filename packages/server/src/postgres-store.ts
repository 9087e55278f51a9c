import { type Transaction, type TransactionKey, type TransactionRow, refusalOf, settledAs, transactionOf, type TransactionStore, valuesOf } from "./transaction-store.ts";

/** What is used of a client of `pg` 8: the `Tx` of the store. */
export interface PostgresClient {
  query(text: string, values?: readonly unknown[]): Promise<{ command: string; rows: any[]; rowCount: number | null }>;
}

/** What is used of a `Pool` of `pg` 8. */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PostgresClient & { release(error?: boolean): void; on(event: "error", listener: () => void): unknown; off(event: "error", listener: () => void): unknown }>;
}

/**
 * Opens a store on PostgreSQL 14 or later, through a pool of yours, which stays open when the store is closed. Makes the
 * table `codegames_transactions` when it is not there. For any number of processes.
 */
export async function openPostgresStore(pool: PostgresPool): Promise<TransactionStore<PostgresClient>> {
  // Two processes that start at once would both make the table.
  await within(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('codegames_transactions'))");
    await client.query(`
      CREATE TABLE IF NOT EXISTS codegames_transactions (
        merchant text COLLATE "C" NOT NULL,
        txn_id text COLLATE "C" NOT NULL,
        product_id bigint NOT NULL,
        price double precision NOT NULL,
        partner_txn_id text NOT NULL UNIQUE,
        created_at_ms bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'selling', 'sold', 'refused')),
        refusal text,
        lease_until_ms bigint,
        PRIMARY KEY (merchant, txn_id)
      )`);
    await client.query(
      "CREATE INDEX IF NOT EXISTS codegames_transactions_open ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL",
    );
  });

  const find = async (client: PostgresClient, { merchant, txnId }: TransactionKey): Promise<Transaction | undefined> => {
    const { rows } = await client.query("SELECT * FROM codegames_transactions WHERE merchant = $1 AND txn_id = $2", [merchant, txnId]);
    return rows[0] && transactionOf(rows[0] as TransactionRow);
  };

  return {
    async claim(transaction) {
      const { rowCount } = await pool.query(
        "INSERT INTO codegames_transactions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (merchant, txn_id) DO NOTHING",
        valuesOf(transaction),
      );
      return rowCount === 0 ? find(pool, transaction) : undefined;
    },
    find: (key) => find(pool, key),
    async lease({ merchant, txnId }, from, nowMs, untilMs) {
      const { rowCount } = await pool.query(
        `UPDATE codegames_transactions SET state = 'selling', lease_until_ms = $1
         WHERE merchant = $2 AND txn_id = $3 AND state = $4 AND (state = 'pending' OR lease_until_ms <= $5)`,
        [untilMs, merchant, txnId, from, nowMs],
      );
      return rowCount !== 0;
    },
    settle: (key, work) =>
      within(pool, async (client) => {
        // Takes the lock and says how most works end, in one round trip.
        const { rows } = await client.query(
          `UPDATE codegames_transactions SET state = 'sold', lease_until_ms = NULL
           WHERE merchant = $1 AND txn_id = $2 AND lease_until_ms IS NOT NULL RETURNING *`, [key.merchant, key.txnId],
        );
        if (!rows[0]) {
          const found = await find(client, key);
          if (!found) throw new Error(`Cannot settle ${JSON.stringify(key.txnId)}: there is no such transaction`);
          return found;
        }
        const settlement = await work(client);
        if (settlement.state !== "sold") {
          await client.query("UPDATE codegames_transactions SET state = $3, refusal = $4 WHERE merchant = $1 AND txn_id = $2", [
            key.merchant, key.txnId, settlement.state, refusalOf(settlement),
          ]);
        }
        return settledAs(transactionOf(rows[0] as TransactionRow), settlement);
      }),
    async abandoned(nowMs) {
      const { rows } = await pool.query("SELECT * FROM codegames_transactions WHERE lease_until_ms <= $1 ORDER BY created_at_ms", [nowMs]);
      return rows.map((row: TransactionRow) => transactionOf(row));
    },
    async close() {},
  };
}

/** Runs the work in a transaction. After an error the connection is closed, for its state is not known. */
async function within<T>(pool: PostgresPool, work: (client: PostgresClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A connection that is lost between two queries would otherwise end the process; the next query fails.
  const ignore = () => {};
  client.on("error", ignore);
  let isBroken = true;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    // PostgreSQL answers the commit of a transaction that an error has ended with ROLLBACK, and not with an error.
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error("Cannot commit: an error came before, and the database has rolled it back");
    isBroken = false;
    return result;
  } finally {
    client.off("error", ignore);
    client.release(isBroken);
  }
}
