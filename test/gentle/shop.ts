import { setTimeout } from "node:timers/promises";
import { type Order, type Sale, sellOnce, type SellOnce } from "@codegames/server";
import { openPostgresStore, type PostgresClient } from "@codegames/server/postgres-store";
import { openSqliteStore } from "@codegames/server/sqlite-store";
import pg from "pg";
import type { ProviderInput } from "./provider-process.ts";

/** A provider over its own table of sold keys. */
interface Shop {
  provider: SellOnce;
  close(): Promise<void>;
}

/** No unique columns but the key: a second sale of one order must be seen, not prevented. */
const createSoldKeys = {
  sqlite: `CREATE TABLE IF NOT EXISTS sold_keys (
    key INTEGER PRIMARY KEY AUTOINCREMENT, txn_id TEXT NOT NULL, partner_txn_id TEXT NOT NULL)`,
  postgres: `CREATE TABLE IF NOT EXISTS sold_keys (
    key bigserial PRIMARY KEY, txn_id text NOT NULL, partner_txn_id text NOT NULL)`,
};

export const openShop = (input: ProviderInput): Promise<Shop> =>
  input.database.startsWith("postgres:") ? openOnPostgres(input) : openOnSqlite(input);

const saleOf = (row: Record<string, unknown> | undefined): Sale => ({ productKey: `KEY-${String(row?.["key"])}` });

async function openOnSqlite(input: ProviderInput): Promise<Shop> {
  const store = openSqliteStore({ file: input.database });
  await store.run((database) => database.exec(createSoldKeys.sqlite));
  const find = store.database.prepare("SELECT key FROM sold_keys WHERE partner_txn_id = ?");
  const insert = store.database.prepare("INSERT INTO sold_keys (txn_id, partner_txn_id) VALUES (?, ?) RETURNING key");
  const sell = ({ txn_id, partner_txn_id }: Order) => saleOf(insert.get(txn_id, partner_txn_id));
  const sellAgain = (order: Order) => {
    const known = find.get(order.partner_txn_id);
    return known ? saleOf(known) : sell(order);
  };
  return {
    provider: sellOnce({
      ...commonOptions(input),
      store,
      ...(input.sells === "elsewhere"
        ? { sell: (order) => takingTime(input, () => store.run(() => sellAgain(order))) }
        : { sellWithin: (order) => takingTime(input, () => sell(order)) }),
    }),
    close: () => store.close(),
  };
}

async function openOnPostgres(input: ProviderInput): Promise<Shop> {
  const pool = new pg.Pool({ connectionString: input.database, max: 10 });
  pool.on("error", () => {});
  const store = await openPostgresStore(pool);
  // One database transaction: two processes that start at once must not both create it.
  await pool.query(`SELECT pg_advisory_xact_lock(1); ${createSoldKeys.postgres}`);
  const insert = "INSERT INTO sold_keys (txn_id, partner_txn_id) VALUES ($1, $2) RETURNING key";
  const sell = async (database: PostgresClient, { txn_id, partner_txn_id }: Order) =>
    saleOf((await database.query(insert, [txn_id, partner_txn_id])).rows[0]);
  const sellAgain = async (order: Order) => {
    const { rows } = await pool.query("SELECT key FROM sold_keys WHERE partner_txn_id = $1", [order.partner_txn_id]);
    return rows[0] ? saleOf(rows[0]) : sell(pool, order);
  };
  return {
    provider: sellOnce<PostgresClient>({
      ...commonOptions(input),
      store,
      ...(input.sells === "elsewhere"
        ? { sell: (order) => takingTime(input, () => sellAgain(order)) }
        : { sellWithin: (order, tx) => takingTime(input, () => sell(tx, order)) }),
    }),
    close: () => pool.end(),
  };
}

/** A sale with a time of its own before and after it takes a key. */
async function takingTime<T>({ sellMs = 0 }: ProviderInput, sell: () => T | Promise<T>): Promise<T> {
  if (sellMs > 0) await setTimeout(sellMs / 2);
  const sale = await sell();
  if (sellMs > 0) await setTimeout(sellMs / 2);
  return sale;
}

const commonOptions = ({ findMs = 20, end, leaseMs = end === "gently" ? 60_000 : 3000 }: ProviderInput) => ({
  leaseMs,
  async findProduct() {
    if (findMs > 0) await setTimeout(findMs * (0.5 + Math.random() / 2));
    return { name: "Card", price: 50_000, partner_price: 45_000, isInStock: true };
  },
});
