import {
  refusalOf,
  settledAs,
  type Settlement,
  type Transaction,
  type TransactionKey,
  transactionOf,
  type TransactionRow,
  type TransactionStore,
  unknownTransaction,
  valuesOf,
} from "../transaction-store.ts";
import * as sql from "./statements.ts";
import { inTransaction, type PostgresClient, type PostgresPool } from "./transaction.ts";

export type { PostgresClient, PostgresPool } from "./transaction.ts";

/**
 * Opens a store on PostgreSQL 14 or later, for any number of processes. It creates the table `codegames_transactions` if
 * it does not exist. The pool is yours: closing the store leaves it open.
 *
 * @throws The error of the database when the table cannot be created.
 */
export async function openPostgresStore(pool: PostgresPool): Promise<TransactionStore<PostgresClient>> {
  await inTransaction(pool, async (client) => {
    await client.query(sql.lockSchema);
    await client.query(sql.createTable);
    await client.query(sql.createIndex);
  });
  return {
    async insertIfNew(transaction) {
      const { rowCount } = await pool.query(sql.insertIfNew, valuesOf(transaction));
      return rowCount === 0 ? find(pool, transaction) : undefined;
    },
    async lease({ merchant, txn_id }, from, nowMs, untilMs) {
      const { rowCount } = await pool.query(sql.lease, [untilMs, merchant, txn_id, from, nowMs]);
      return rowCount !== 0;
    },
    find: (key) => find(pool, key),
    settle: (key, work) => inTransaction(pool, (client) => settle(client, key, work)),
    async abandoned(nowMs) {
      const { rows } = await pool.query(sql.findAbandoned, [nowMs]);
      return rows.map((row: TransactionRow) => transactionOf(row));
    },
    async close() {},
  };
}

async function find(client: PostgresClient, { merchant, txn_id }: TransactionKey): Promise<Transaction | undefined> {
  const { rows } = await client.query(sql.find, [merchant, txn_id]);
  return rows[0] && transactionOf(rows[0] as TransactionRow);
}

async function settle(
  client: PostgresClient,
  key: TransactionKey,
  work: (tx: PostgresClient) => Settlement | Promise<Settlement>,
): Promise<Transaction> {
  const { merchant, txn_id } = key;
  const { rows } = await client.query(sql.settleAsSold, [merchant, txn_id]);
  if (!rows[0]) {
    const found = await find(client, key);
    if (!found) throw unknownTransaction(key);
    return found;
  }
  const settlement = await work(client);
  if (settlement.state !== "sold") {
    await client.query(sql.settleOtherwise, [merchant, txn_id, settlement.state, refusalOf(settlement)]);
  }
  return settledAs(transactionOf(rows[0] as TransactionRow), settlement);
}
