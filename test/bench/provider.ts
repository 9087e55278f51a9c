import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDatabase } from "@codegames/database";
import { sellOnce, type TransactionStore } from "@codegames/server";
import { openPostgresStore } from "@codegames/server/postgres-store";
import { openSqliteStore } from "@codegames/server/sqlite-store";
import autocannon from "autocannon";
import pg from "pg";
import { order } from "./peers.ts";
import { print } from "./print.ts";
import { gzipSize } from "./size.ts";

const peers: Record<string, string> = {
  limit: "node:http + JSON.parse",
  codegames: "@codegames/server (validates)",
  fastify: "Fastify, JSON Schemas (validates requests)",
  hono: "Hono, zod-openapi (validates)",
  "openapi-backend": "openapi-backend on Express (validates)",
  "express-openapi-validator": "express-openapi-validator (validates)",
};

/** A client of PostgreSQL within the transaction of a sale. */
interface SaleClient {
  query(text: string, values: unknown[]): Promise<{ rows: { left_over: unknown }[] }>;
}

const requests = { "/check": { product_id: 1_234_567_890 }, "/pay": order };

/** Measures requests per second of a provider on each toolkit, over 50 keep-alive connections. */
export async function compareProviders(rounds: number): Promise<void> {
  const names = Object.keys(peers);
  const file = fileURLToPath(new URL("provider-server.ts", import.meta.url));
  const servers = await Promise.all(
    names.map(async (name) => {
      const child = spawn(process.execPath, [file, name], { stdio: ["pipe", "pipe", "inherit"] });
      const [port] = await once(child.stdout, "data");
      return { child, url: `http://127.0.0.1:${String(port).trim()}` };
    }),
  );
  for (const [path, body] of Object.entries(requests)) {
    console.log(`\n${path} served per second, 50 connections`);
    const perSecond = servers.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { url }] of servers.entries()) {
        const result = await autocannon({
          url: url + path,
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
          connections: 50,
          duration: 1,
        });
        if (result.non2xx > 0 || result.errors > 0) throw new Error(`${names[index]} answered ${path} with errors`);
        // The first round warms up.
        if (round > 0) perSecond[index]?.push(result.requests.total / result.duration);
      }
    }
    print(
      names.map((name) => peers[name] ?? name),
      perSecond,
      (value) => value.toFixed(0),
    );
  }
  for (const { child } of servers) child.kill();
  console.log("\nshipped bytes of the server, bundled, minified, gzip");
  const code = `export { createHandler, toNodeListener } from "@codegames/server";`;
  const size = await gzipSize("server", code, "node");
  print(["@codegames/server: createHandler, toNodeListener"], [[size]], (value) => value.toFixed(0));
}

/** Measures sales per second with durable commits: `sellOnce` beside the least correct code on the same database. */
export async function compareSales(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "codegames-bench-"));
  const postgres = await startDatabase();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 20 });
  pool.on("error", () => {});
  const sqlite = openSqliteStore({ file: join(folder, "shop.db") });
  const listing = { name: "Card", price: 50_000, partner_price: 45_000, isInStock: true };
  let count = 0;
  const next = () => ({ product_id: 1n, price: 50_000, txn_id: `T-${count++}` });
  const sellOnceOn = <Tx>(store: TransactionStore<Tx>, takeKey: (tx: Tx) => Promise<string>) => {
    const sellWithin = async (_: unknown, tx: Tx) => ({ productKey: await takeKey(tx) });
    const provider = sellOnce({ store, findProduct: () => listing, sellWithin });
    return async () => {
      const { status } = await provider.pay(next(), { merchant: "shop-1", requestId: "1", inexact: [] });
      if (status !== "OK") throw new Error(status);
    };
  };
  const rows = Array.from({ length: 1000 }, (_, id) => `(${id}, 1000000)`).join();
  const keys = `CREATE TABLE keys (id INT PRIMARY KEY, left_over BIGINT); INSERT INTO keys VALUES ${rows}`;
  sqlite.database.exec(keys);
  await pool.query(keys);
  const takeSql = (id: string) => `UPDATE keys SET left_over = left_over - 1 WHERE id = ${id} RETURNING left_over`;
  const statement = sqlite.database.prepare(takeSql("?"));
  /** Takes a key of a product, within the transaction of the sale. */
  const takeFromSqlite = async () => `KEY-${statement.get(count % 1000)?.["left_over"]}`;
  const takeFromPostgres = async (client: SaleClient) => {
    const { rows } = await client.query(takeSql("$1"), [count % 1000]);
    return `KEY-${rows[0]?.left_over}`;
  };
  const table = `CREATE TABLE least (merchant TEXT, txn_id TEXT, product_id BIGINT, price DOUBLE PRECISION,
    partner_txn_id TEXT UNIQUE, state TEXT, PRIMARY KEY (merchant, txn_id))`;
  sqlite.database.exec(table);
  await pool.query(table);
  const insert = sqlite.database.prepare("INSERT INTO least VALUES (?, ?, ?, ?, ?, 'pending')");
  const update = sqlite.database.prepare("UPDATE least SET state = 'sold' WHERE merchant = ? AND txn_id = ?");
  const insertSql = "INSERT INTO least VALUES ($1, $2, $3, $4, $5, 'pending')";
  const updateSql = "UPDATE least SET state = 'sold' WHERE merchant = $1 AND txn_id = $2";

  const ways: Record<string, () => Promise<void>> = {
    async "SQLite, by hand"() {
      const { product_id, price, txn_id } = next();
      insert.run("shop-1", txn_id, product_id, price, `W-${txn_id}`);
      // One connection: no other sale may run in between.
      sqlite.database.exec("BEGIN IMMEDIATE");
      statement.get(count % 1000);
      update.run("shop-1", txn_id);
      sqlite.database.exec("COMMIT");
    },
    "SQLite, sellOnce": sellOnceOn(sqlite, takeFromSqlite),
    async "PostgreSQL, by hand"() {
      const { product_id, price, txn_id } = next();
      await pool.query(insertSql, ["shop-1", txn_id, product_id, price, `W-${txn_id}`]);
      const client = await pool.connect();
      await client.query("BEGIN");
      await takeFromPostgres(client);
      await client.query(updateSql, ["shop-1", txn_id]);
      await client.query("COMMIT");
      client.release();
    },
    "PostgreSQL, sellOnce": sellOnceOn(await openPostgresStore(pool), takeFromPostgres),
  };
  const names = Object.keys(ways);
  const perSecond = names.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, name] of names.entries()) {
      const startedAt = performance.now();
      let left = 1000;
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          while (left-- > 0) await ways[name]?.();
        }),
      );
      if (round > 0) perSecond[index]?.push((1000 / (performance.now() - startedAt)) * 1000);
    }
  }
  console.log("\nsales per second, each in two durable commits, 50 at once");
  print(names.slice(0, 2), perSecond.slice(0, 2), (value) => value.toFixed(0));
  print(names.slice(2), perSecond.slice(2), (value) => value.toFixed(0));
  await sqlite.close();
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
