import type { Listing, Order, Sale, TransactionStore } from "@codegames/server";
import { openPostgresStore, type PostgresClient } from "@codegames/server/postgres-store";
import { openSqliteStore } from "@codegames/server/sqlite-store";
import pg from "pg";
import type { CatalogueProduct } from "./catalogue.ts";

/** A sale, as it is in the ledger: the truth that a test compares with. */
export interface LedgerEntry {
  partnerTxnId: string;
  merchant: string;
  txnId: string;
  productId: bigint;
  price: number;
  /** The key that was sold; undefined for a top-up. */
  key: string | undefined;
}

/** What the sandbox keeps: products, sold keys and transactions, in one database. */
export interface Shop {
  store: TransactionStore<any>;
  findProduct(id: bigint): Promise<Listing | undefined>;
  /** Takes a key, within the transaction of the sale. */
  sell(order: Order, tx: any): Promise<Sale | "out-of-stock">;
  /** What was sold under an id. */
  recall(partnerTxnId: string): Promise<Sale>;
  ledger(): Promise<LedgerEntry[]>;
  /** False when there is no such product. */
  change(id: bigint, change: { price?: number; addKeys?: number }): Promise<boolean>;
  close(): Promise<void>;
}

/** Runs SQL with `?` for parameters; on SQLite or PostgreSQL, in a transaction or outside of one. */
type Query = (sql: string, ...values: (string | number | bigint | null)[]) => Promise<Record<string, any>[]>;

const tables = [
  `CREATE TABLE IF NOT EXISTS sandbox_products (
    id BIGINT PRIMARY KEY, name TEXT NOT NULL, price DOUBLE PRECISION NOT NULL, partner_price DOUBLE PRECISION NOT NULL, keys_left BIGINT,
    sold BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS sandbox_sales (
    partner_txn_id TEXT PRIMARY KEY, merchant TEXT NOT NULL, txn_id TEXT NOT NULL, product_id BIGINT NOT NULL,
    price DOUBLE PRECISION NOT NULL, key_number BIGINT, UNIQUE (product_id, key_number))`,
];

/** Opens the shop in a SQLite file, `":memory:"` or a PostgreSQL database, and fills it with the catalogue when it is new. */
export async function openShop(database: string, catalogue: readonly CatalogueProduct[]): Promise<Shop> {
  const shop = /^postgres(ql)?:\/\//.test(database) ? await openPostgresShop(database) : openSqliteShop(database);
  await shop.alone(async (query) => {
    for (const table of tables) await query(table);
    for (const { id, name, price, partnerPrice, keys } of catalogue) {
      const sql = "INSERT INTO sandbox_products VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO NOTHING";
      await query(sql, id, name, price, partnerPrice, keys === "none" ? null : keys);
    }
  });
  return shopOf(shop);
}

interface Database {
  store: TransactionStore<any>;
  /** Outside of every sale. */
  query: Query;
  /** Within the transaction of a sale. */
  within(tx: any): Query;
  /** Runs a work while no other sandbox that starts on the same database runs its own. */
  alone(work: (query: Query) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

function openSqliteShop(file: string): Database {
  const store = openSqliteStore({ file });
  const within = (): Query => async (sql, ...values) => {
    const statement = store.database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...values);
  };
  // One connection: a change in the middle of a sale would be a part of it, and undone with it.
  const query: Query = (sql, ...values) => store.run(() => within()(sql, ...values));
  return { store, query, within, alone: (work) => work(query), close: () => store.close() };
}

async function openPostgresShop(connectionString: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString, max: 20 });
  pool.on("error", () => {});
  const on = (client: PostgresClient): Query => async (sql, ...values) => {
    let count = 0;
    return (await client.query(sql.replaceAll("?", () => `$${++count}`), values)).rows;
  };
  const alone: Database["alone"] = async (work) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtext('codegames_sandbox'))");
      await work(on(client));
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  };
  return { store: await openPostgresStore(pool), query: on(pool), within: on, alone, close: () => pool.end() };
}

function shopOf({ store, query, within, close }: Database): Shop {
  const keyOf = (productId: bigint, number: unknown) => (number === null ? undefined : `SANDBOX-${productId}-${number}`);
  return {
    store,
    async findProduct(id) {
      const [row] = await query("SELECT * FROM sandbox_products WHERE id = ?", id);
      if (!row) return undefined;
      const { name, price, partner_price: partnerPrice, keys_left: left } = row;
      return { name, price, partnerPrice, inStock: left === null || BigInt(left) > 0n };
    },
    async sell({ partnerTxnId, merchant, txnId, productId, price }, tx) {
      const run = within(tx);
      // The row is locked from here on: a key number is taken once.
      const [row] = await run(
        "UPDATE sandbox_products SET keys_left = keys_left - 1, sold = sold + 1 WHERE id = ? AND (keys_left IS NULL OR keys_left > 0) RETURNING keys_left, sold",
        productId,
      );
      if (!row) return "out-of-stock";
      const number = row["keys_left"] === null ? null : BigInt(row["sold"]);
      await run("INSERT INTO sandbox_sales VALUES (?, ?, ?, ?, ?, ?)", partnerTxnId, merchant, txnId, productId, price, number);
      const productKey = keyOf(productId, number);
      return productKey === undefined ? {} : { productKey };
    },
    async recall(partnerTxnId) {
      const [row] = await query("SELECT product_id, key_number FROM sandbox_sales WHERE partner_txn_id = ?", partnerTxnId);
      const productKey = row && keyOf(BigInt(row["product_id"]), row["key_number"]);
      return productKey === undefined ? {} : { productKey };
    },
    async ledger() {
      const rows = await query("SELECT * FROM sandbox_sales ORDER BY product_id, partner_txn_id");
      return rows.map((row) => ({
        partnerTxnId: row["partner_txn_id"], merchant: row["merchant"], txnId: row["txn_id"], productId: BigInt(row["product_id"]),
        price: row["price"], key: keyOf(BigInt(row["product_id"]), row["key_number"]),
      }));
    },
    async change(id, { price, addKeys }) {
      const rows = await query(
        "UPDATE sandbox_products SET price = COALESCE(?, price), keys_left = keys_left + ? WHERE id = ? RETURNING id", price ?? null, addKeys ?? 0, id,
      );
      return rows.length > 0;
    },
    close,
  };
}
