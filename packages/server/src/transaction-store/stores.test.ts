import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import { storeCases } from "./store-cases.ts";
import type { Transaction } from "./transaction-store.ts";

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

const pending = (txn_id: string): Transaction => ({
  merchant: "shop-1",
  txn_id,
  product_id: 1n,
  price: 1,
  partner_txn_id: `W-${txn_id}`,
  createdAtMs: 1,
  state: "pending",
  leaseUntilMs: 9,
});

describe.each(Object.entries(openers))("%s", (_, open) => {
  test.each(storeCases)("$name", async ({ run }) => {
    const store = await open();
    await run(store);
    await store.close();
  });
});

test("a SQLite store keeps its transactions when it is opened again, with an fsync for each commit", async () => {
  const file = join(folder, "again.db");
  const first = openSqliteStore({ file });
  await first.insertIfNew(pending("A"));
  expect(first.database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  expect(first.database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
  await first.close();
  const second = openSqliteStore({ file });
  expect(await second.find(pending("A"))).toEqual(pending("A"));
  await second.close();
});

test("two stores may open one PostgreSQL table at once, and share it", async () => {
  await pool.query("DROP TABLE IF EXISTS codegames_transactions");
  const [first, second] = await Promise.all([openPostgresStore(pool), openPostgresStore(pool)]);
  await first.insertIfNew(pending("A"));
  expect(await second.find(pending("A"))).toEqual(pending("A"));
});

test("a lost PostgreSQL connection fails the work, but not the process", async () => {
  const store = await openPostgresStore(pool);
  const order = pending("lost");
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

test("a PostgreSQL transaction that an error has ended is no sale, even if the work hides the error", async () => {
  const store = await openPostgresStore(pool);
  const order = pending("hidden");
  await store.insertIfNew(order);
  const settling = store.settle(order, async (tx) => {
    await tx.query("SELECT * FROM nowhere").catch(() => {});
    return { state: "sold" };
  });
  await expect(settling).rejects.toThrow("the database has rolled it back");
  expect(await store.find(order)).toEqual(order);
});

test("a work that throws leaves no trace in the database", async () => {
  const sqlite = openSqliteStore({ file: ":memory:" });
  const postgres = await openPostgresStore(pool);
  await pool.query("DROP TABLE IF EXISTS keys; CREATE TABLE keys (code text)");
  sqlite.database.exec("CREATE TABLE keys (code text)");
  const order = pending("undone");
  await sqlite.insertIfNew(order);
  await postgres.insertIfNew(order);
  const insertKey = "INSERT INTO keys VALUES ('K')";
  const inSqlite = sqlite.settle(order, (tx) => {
    tx.exec(insertKey);
    throw new Error("no");
  });
  await expect(inSqlite).rejects.toThrow("no");
  const inPostgres = postgres.settle(order, async (tx) => {
    await tx.query(insertKey);
    throw new Error("no");
  });
  await expect(inPostgres).rejects.toThrow("no");
  expect(sqlite.database.prepare("SELECT count(*) AS n FROM keys").get()).toMatchObject({ n: 0 });
  expect((await pool.query("SELECT count(*)::int AS n FROM keys")).rows).toEqual([{ n: 0 }]);
  await sqlite.close();
});
