import type { Listing, Order, Sale } from "@codegames/server";
import type { CatalogueProduct } from "./catalogue.ts";
import { type Database, openDatabase } from "./database.ts";

/** One sale in the ledger: the truth that a test compares with. */
export interface LedgerEntry {
  partner_txn_id: string;
  merchant: string;
  txn_id: string;
  product_id: bigint;
  price: number;
  /** The key that was sold; undefined for a top-up. */
  key: string | undefined;
}

const createTables = [
  `CREATE TABLE IF NOT EXISTS sandbox_products (
     id BIGINT PRIMARY KEY, name TEXT NOT NULL, price DOUBLE PRECISION NOT NULL,
     partner_price DOUBLE PRECISION NOT NULL, keys_left BIGINT, sold BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS sandbox_sales (
     partner_txn_id TEXT PRIMARY KEY, merchant TEXT NOT NULL, txn_id TEXT NOT NULL, product_id BIGINT NOT NULL,
     price DOUBLE PRECISION NOT NULL, key_number BIGINT, UNIQUE (product_id, key_number))`,
];
const insertProduct = "INSERT INTO sandbox_products VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO NOTHING";
const findProduct = "SELECT * FROM sandbox_products WHERE id = ?";
const changeProduct = `UPDATE sandbox_products SET price = COALESCE(?, price), keys_left = keys_left + ?
  WHERE id = ? RETURNING id`;
/** Locks the row for the rest of the sale, so that a key number is sold once. */
const takeKey = `UPDATE sandbox_products SET keys_left = keys_left - 1, sold = sold + 1
  WHERE id = ? AND (keys_left IS NULL OR keys_left > 0) RETURNING keys_left, sold`;
const insertSale = "INSERT INTO sandbox_sales VALUES (?, ?, ?, ?, ?, ?)";
const findSale = "SELECT product_id, key_number FROM sandbox_sales WHERE partner_txn_id = ?";
const listSales = "SELECT * FROM sandbox_sales ORDER BY product_id, partner_txn_id";

/** The sandbox's products and sold keys, beside its transactions in one database. */
export class Shop {
  isClosed = false;
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Opens a shop in a SQLite file, `":memory:"` or a PostgreSQL database, and fills it when it is new. */
  static async open(where: string, catalogue: readonly CatalogueProduct[]): Promise<Shop> {
    const database = await openDatabase(where);
    await database.exclusively(async (query) => {
      for (const table of createTables) await query(table);
      for (const { id, name, price, partner_price, keys } of catalogue) {
        await query(insertProduct, id, name, price, partner_price, keys === "none" ? null : keys);
      }
    });
    return new Shop(database);
  }

  get store(): Database["store"] {
    return this.#database.store;
  }

  async findProduct(id: bigint): Promise<Listing | undefined> {
    const [row] = await this.#database.query(findProduct, id);
    if (!row) return undefined;
    const { name, price, partner_price, keys_left: left } = row;
    return { name, price, partner_price, isInStock: left === null || BigInt(left) > 0n };
  }

  /** Takes a key, in the transaction of the sale. */
  async sell(order: Order, tx: unknown): Promise<Sale | "out-of-stock"> {
    const { partner_txn_id, merchant, txn_id, product_id, price } = order;
    const query = this.#database.within(tx);
    const [row] = await query(takeKey, product_id);
    if (!row) return "out-of-stock";
    const number = row["keys_left"] === null ? null : BigInt(row["sold"]);
    await query(insertSale, partner_txn_id, merchant, txn_id, product_id, price, number);
    return saleOf(keyOf(product_id, number));
  }

  /** Returns the sale that was made under an id. */
  async recall(partnerTxnId: string): Promise<Sale> {
    const [row] = await this.#database.query(findSale, partnerTxnId);
    return saleOf(row && keyOf(BigInt(row["product_id"]), row["key_number"]));
  }

  async ledger(): Promise<LedgerEntry[]> {
    const rows = await this.#database.query(listSales);
    return rows.map(({ partner_txn_id, merchant, txn_id, price, ...row }) => {
      const product_id = BigInt(row["product_id"]);
      return { partner_txn_id, merchant, txn_id, product_id, price, key: keyOf(product_id, row["key_number"]) };
    });
  }

  /** Changes a product. Returns false when there is no such product. */
  async change(id: bigint, { price, addKeys }: { price?: number; addKeys?: number }): Promise<boolean> {
    const rows = await this.#database.query(changeProduct, price ?? null, addKeys ?? 0, id);
    return rows.length > 0;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return this.#database.close();
  }
}

const keyOf = (productId: bigint, number: bigint | string | null) =>
  number === null ? undefined : `SANDBOX-${productId}-${number}`;

const saleOf = (productKey: string | undefined): Sale => (productKey === undefined ? {} : { productKey });
