import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { startDatabase } from "@codegames/database";
import { sellOnce, type SellOnceOptions } from "@codegames/server";
import { openPostgresStore, type PostgresClient } from "@codegames/server/postgres-store";
import { openSqliteStore } from "@codegames/server/sqlite-store";
import pg from "pg";
import { print } from "./print.ts";

/** Makes one sale. */
type Sell = () => Promise<void> | void;

/** The ways to sell on one database; the first one is what the others are compared with. */
type Ways = Record<string, Sell>;

let count = 0;
const next = () => ({ product_id: 1n, price: 50_000, txn_id: `T-${count++}` });
const listing = { name: "Card", price: 50_000, partner_price: 45_000, isInStock: true };
/** What stands for the supplier of `sell`. */
const supply = async (partnerTxnId: string) => ({ productKey: `KEY-${partnerTxnId}` });

const table = `CREATE TABLE least (merchant TEXT, txn_id TEXT, product_id BIGINT, price DOUBLE PRECISION,
  partner_txn_id TEXT UNIQUE, state TEXT, PRIMARY KEY (merchant, txn_id))`;
const stock = `CREATE TABLE keys (id INT PRIMARY KEY, left_over BIGINT); INSERT INTO keys VALUES ${Array.from(
  { length: 1000 },
  (_, id) => `(${id}, 1000000)`,
).join()}`;
const takeSql = (id: string) => `UPDATE keys SET left_over = left_over - 1 WHERE id = ${id} RETURNING left_over`;

/** Measures sales per second with durable commits: `sellOnce` beside the least correct code on the same database. */
export async function compareSales(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "codegames-bench-"));
  const postgres = await startDatabase();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 20 });
  pool.on("error", () => {});
  const sqlite = openSqliteStore({ file: join(folder, "shop.db") });
  for (const sql of [table, stock]) {
    sqlite.database.exec(sql);
    await pool.query(sql);
  }
  const ways = { SQLite: sqliteWays(sqlite), PostgreSQL: await postgresWays(pool) };
  for (const [database, { elsewhere, within }] of Object.entries(ways)) {
    await compare(`${database}: sold elsewhere (sell), in durable commits, 50 at once`, elsewhere, 50, rounds);
    await compare(`${database}: sold elsewhere (sell), in durable commits, 200 at once`, elsewhere, 200, rounds);
    await compare(`${database}: sold from the same database (sellWithin), 50 at once`, within, 50, rounds);
    await compare(`${database}: sold elsewhere (sell), one at a time`, elsewhere, 1, rounds);
  }
  await sqlite.close();
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(title: string, ways: Ways, atOnce: number, rounds: number): Promise<void> {
  const names = Object.keys(ways);
  const perSecond = names.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, name] of names.entries()) {
      const sales = atOnce === 1 ? 300 : 2000;
      let left = sales;
      const startedAt = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (left-- > 0) await ways[name]?.();
        }),
      );
      // The first round warms up.
      if (round > 0) perSecond[index]?.push((sales / (performance.now() - startedAt)) * 1000);
    }
  }
  console.log(`\nsales per second, ${title}`);
  print(names, perSecond, (value) => value.toFixed(0));
}

function payingWith<Tx>(options: Omit<SellOnceOptions<Tx>, "findProduct">): Sell {
  const provider = sellOnce({ findProduct: () => listing, ...options });
  return async () => {
    const { status } = await provider.pay(next(), { merchant: "shop-1" });
    if (status !== "OK") throw new Error(status);
  };
}

function sqliteWays(store: ReturnType<typeof openSqliteStore>): Record<"elsewhere" | "within", Ways> {
  const { database }: { database: DatabaseSync } = store;
  const insert = database.prepare("INSERT INTO least VALUES (?, ?, ?, ?, ?, 'pending')");
  const update = database.prepare("UPDATE least SET state = 'sold' WHERE merchant = ? AND txn_id = ?");
  const take = database.prepare(takeSql("?"));
  const insertNext = () => {
    const { product_id, price, txn_id } = next();
    insert.run("shop-1", txn_id, product_id, price, `W-${txn_id}`);
    return txn_id;
  };
  return {
    elsewhere: {
      async "by hand"() {
        const txnId = insertNext();
        await supply(txnId);
        update.run("shop-1", txnId);
      },
      sellOnce: payingWith({ store, sell: ({ partner_txn_id }) => supply(partner_txn_id) }),
    },
    within: {
      "by hand"() {
        const txnId = insertNext();
        // One connection: no other sale may run in between.
        database.exec("BEGIN IMMEDIATE");
        take.get(count % 1000);
        update.run("shop-1", txnId);
        database.exec("COMMIT");
      },
      sellOnce: payingWith({
        store,
        sellWithin: async () => ({ productKey: `KEY-${take.get(count % 1000)?.["left_over"]}` }),
      }),
    },
  };
}

async function postgresWays(pool: pg.Pool): Promise<Record<"elsewhere" | "within", Ways>> {
  const insertSql = "INSERT INTO least VALUES ($1, $2, $3, $4, $5, 'pending')";
  const updateSql = "UPDATE least SET state = 'sold' WHERE merchant = $1 AND txn_id = $2";
  const store = await openPostgresStore(pool);
  const insertNext = async () => {
    const { product_id, price, txn_id } = next();
    await pool.query(insertSql, ["shop-1", txn_id, product_id, price, `W-${txn_id}`]);
    return txn_id;
  };
  const take = async (client: Pick<PostgresClient, "query">) => {
    const { rows } = await client.query(takeSql("$1"), [count % 1000]);
    return { productKey: `KEY-${rows[0]?.left_over}` };
  };
  return {
    elsewhere: {
      async "by hand"() {
        const txnId = await insertNext();
        await supply(txnId);
        await pool.query(updateSql, ["shop-1", txnId]);
      },
      sellOnce: payingWith({ store, sell: ({ partner_txn_id }) => supply(partner_txn_id) }),
    },
    within: {
      async "by hand"() {
        const txnId = await insertNext();
        const client = await pool.connect();
        await client.query("BEGIN");
        await take(client as never);
        await client.query(updateSql, ["shop-1", txnId]);
        await client.query("COMMIT");
        client.release();
      },
      sellOnce: payingWith({ store, sellWithin: (_, client) => take(client) }),
    },
  };
}
