import {
  refusalOf,
  settledAs,
  type Settlement,
  type Transaction,
  type TransactionKey,
  transactionOf,
  type TransactionRow,
  type TransactionStore,
  valuesOf,
} from "../transaction-store.ts";
import { inTransaction } from "./in-transaction.ts";
import type { PooledPostgresClient, PostgresClient, PostgresPool } from "./postgres-pool.ts";
import * as statements from "./statements.ts";

export type { PooledPostgresClient, PostgresClient, PostgresPool };

/**
 * Opens a transaction store on PostgreSQL 14 or later, for any number of processes. Creates the table
 * `codegames_transactions` if it does not exist. The pool is yours: `close()` leaves it open.
 *
 * @throws Rejects with an error of `pg` when it cannot connect or create the table.
 */
export async function openPostgresStore(pool: PostgresPool): Promise<TransactionStore<PostgresClient>> {
  await inTransaction(pool, async (client) => {
    await client.query(statements.lockTable);
    await client.query(statements.createTable);
    await client.query(statements.createIndexOfUndecided);
  });
  return {
    insertIfNew: (transaction) => insertIfNew(pool, transaction),
    find: (key) => find(pool, key),
    async lease({ merchant, txn_id }, from, nowMs, untilMs) {
      const { rowCount } = await pool.query(statements.lease, [untilMs, merchant, txn_id, from, nowMs]);
      return rowCount !== 0;
    },
    settle: (key, work) => inTransaction(pool, (client) => settle(client, key, work)),
    async findAbandoned(nowMs) {
      const { rows } = await pool.query(statements.findAbandoned, [nowMs]);
      return rows.map((row: TransactionRow) => transactionOf(row));
    },
    async close() {},
  };
}

async function insertIfNew(client: PostgresClient, transaction: Transaction): Promise<Transaction | undefined> {
  const { rowCount } = await client.query(statements.insertIfNew, valuesOf(transaction));
  return rowCount === 0 ? find(client, transaction) : undefined;
}

async function find(client: PostgresClient, { merchant, txn_id }: TransactionKey): Promise<Transaction | undefined> {
  const { rows } = await client.query(statements.find, [merchant, txn_id]);
  return rows[0] && transactionOf(rows[0] as TransactionRow);
}

type Work = (tx: PostgresClient) => Settlement | Promise<Settlement>;

async function settle(client: PostgresClient, key: TransactionKey, work: Work): Promise<Transaction> {
  const { rows } = await client.query(statements.settleAsSold, [key.merchant, key.txn_id]);
  if (!rows[0]) return findSettled(client, key);
  const settlement = await work(client);
  if (settlement.state !== "sold") {
    const values = [key.merchant, key.txn_id, settlement.state, refusalOf(settlement)];
    await client.query(statements.settleOtherwise, values);
  }
  return settledAs(transactionOf(rows[0] as TransactionRow), settlement);
}

async function findSettled(client: PostgresClient, key: TransactionKey): Promise<Transaction> {
  const found = await find(client, key);
  if (!found) throw new Error(`Cannot settle ${JSON.stringify(key.txn_id)}: there is no such transaction`);
  return found;
}
