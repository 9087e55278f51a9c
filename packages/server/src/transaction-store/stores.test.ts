import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import { storeCases } from "./store-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-store-"));
let pool: pg.Pool;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")), max: 30 });
  pool.on("error", () => {});
});

afterAll(async () => {
  await pool.end();
  rmSync(folder, { recursive: true });
});

let count = 0;
const openers = {
  "SQLite in a file": async () => openSqliteStore({ file: join(folder, `${count++}.db`) }),
  "SQLite in memory": async () => openSqliteStore({ file: ":memory:" }),
  PostgreSQL: async () => {
    const store = await openPostgresStore(pool);
    await pool.query("TRUNCATE codegames_transactions");
    return store;
  },
};

describe.each(Object.entries(openers))("%s", (_, open) => {
  test.each(storeCases)("$name", async ({ run }) => {
    const store = await open();
    await run(store);
    await store.close();
  });
});

test("a SQLite store keeps what it had when it is opened again, with an fsync for each commit", async () => {
  const file = join(folder, "again.db");
  const order = { merchant: "shop-1", txn_id: "A", product_id: 1n, price: 1, partner_txn_id: "W", createdAtMs: 1, state: "pending", leaseUntilMs: 9 } as const;
  const first = openSqliteStore({ file });
  await first.insertIfNew(order);
  expect(first.database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  expect(first.database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
  await first.close();
  const second = openSqliteStore({ file });
  expect(await second.find(order)).toEqual(order);
  await second.close();
});

test("two stores on one PostgreSQL table may start at once, and share it", async () => {
  await pool.query("DROP TABLE IF EXISTS codegames_transactions");
  const [first, second] = await Promise.all([openPostgresStore(pool), openPostgresStore(pool)]);
  const order = { merchant: "shop-1", txn_id: "A", product_id: 1n, price: 1, partner_txn_id: "W", createdAtMs: 1, state: "pending", leaseUntilMs: 9 } as const;
  await first.insertIfNew(order);
  expect(await second.find(order)).toEqual(order);
});

test("a PostgreSQL connection that is lost fails the work, and not the process", async () => {
  const store = await openPostgresStore(pool);
  const order = { merchant: "shop-1", txn_id: "lost", product_id: 1n, price: 1, partner_txn_id: "W-lost", createdAtMs: 1, state: "pending", leaseUntilMs: 9 } as const;
  await store.insertIfNew(order);
  const settling = store.settle(order, async (tx) => {
    const { rows } = await tx.query("SELECT pg_backend_pid() AS pid");
    await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { state: "sold" };
  });
  await expect(settling).rejects.toThrow();
  expect(await store.find(order)).toEqual(order);
});

test("a PostgreSQL transaction that an error has ended is no sale, though the work hides the error", async () => {
  const store = await openPostgresStore(pool);
  const order = { merchant: "shop-1", txn_id: "hidden", product_id: 1n, price: 1, partner_txn_id: "W-hidden", createdAtMs: 1, state: "pending", leaseUntilMs: 9 } as const;
  await store.insertIfNew(order);
  const settling = store.settle(order, async (tx) => {
    await tx.query("SELECT * FROM nowhere").catch(() => {});
    return { state: "sold" };
  });
  await expect(settling).rejects.toThrow("the database rolled back");
  expect(await store.find(order)).toEqual(order);
});

test("what a work did in the database is undone when it throws", async () => {
  const sqlite = openSqliteStore({ file: ":memory:" });
  const postgres = await openPostgresStore(pool);
  await pool.query("DROP TABLE IF EXISTS keys; CREATE TABLE keys (code text)");
  sqlite.database.exec("CREATE TABLE keys (code text)");
  const order = { merchant: "shop-1", txn_id: "undone", product_id: 1n, price: 1, partner_txn_id: "W-undone", createdAtMs: 1, state: "pending", leaseUntilMs: 9 } as const;
  await sqlite.insertIfNew(order);
  await postgres.insertIfNew(order);
  await expect(sqlite.settle(order, (tx) => (tx.exec("INSERT INTO keys VALUES ('K')"), Promise.reject(new Error("no"))))).rejects.toThrow("no");
  await expect(postgres.settle(order, async (tx) => (await tx.query("INSERT INTO keys VALUES ('K')"), Promise.reject(new Error("no"))))).rejects.toThrow("no");
  expect(sqlite.database.prepare("SELECT count(*) AS n FROM keys").get()).toMatchObject({ n: 0 });
  expect((await pool.query("SELECT count(*)::int AS n FROM keys")).rows).toEqual([{ n: 0 }]);
  await sqlite.close();
});
