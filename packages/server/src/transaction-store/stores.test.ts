import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { baseCases } from "./base-cases.ts";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import { folder, openers, pool } from "./stores.fixture.ts";
import type { NewOrder, Undecided } from "./transaction-store.ts";

let count = 0;

const order = (txn_id: string): NewOrder => ({
  merchant: "shop-1",
  txn_id,
  product_id: 1n,
  price: 1,
  partner_txn_id: `W-${txn_id}-${count++}`,
});

describe.each(Object.entries(openers))("%s", (_, open) => {
  test.each(baseCases)("$name", ({ run }) => run(open));
});

test("a SQLite store keeps its transactions when it is opened again, with an fsync for each commit", async () => {
  const file = join(folder, "again.db");
  const first = openSqliteStore({ file });
  const stored = await first.insertIfNew(order("A"), 1000);
  expect(first.database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  expect(first.database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
  await first.close();
  const second = openSqliteStore({ file });
  expect(await second.find(stored)).toEqual(stored);
  await second.close();
});

test("a new SQLite file, and those beside it, are its owner's alone", async () => {
  const file = join(folder, "mode.db");
  const store = openSqliteStore({ file });
  await store.insertIfNew(order("A"), 1000);
  for (const name of ["mode.db", "mode.db-wal", "mode.db-shm"]) {
    expect([name, (statSync(join(folder, name)).mode & 0o777).toString(8)]).toEqual([name, "600"]);
  }
  await store.close();
});

test("a SQLite store can be closed twice, and what comes after that is rejected", async () => {
  const store = openSqliteStore({ file: join(folder, "closed.db") });
  const before = store.insertIfNew(order("before"), 1000);
  await Promise.all([store.close(), store.close()]);
  expect(await before).toMatchObject({ txn_id: "before" });
  await store.close();
  await expect(store.insertIfNew(order("after"), 1000)).rejects.toThrow();
});

test("two stores may open one PostgreSQL table at once, and share it", async () => {
  await pool.query("DROP TABLE IF EXISTS codegames_transactions");
  const [first, second] = await Promise.all([openPostgresStore(pool), openPostgresStore(pool)]);
  const stored = await first.insertIfNew(order("A"), 1000);
  expect(await second.find(stored)).toEqual(stored);
});

test("a lost PostgreSQL connection fails the work, but not the process", async () => {
  const store = await openPostgresStore(pool);
  const seen = (await store.insertIfNew(order("lost"), 60_000)) as Undecided;
  const settling = store.settleWithin(seen, async (tx) => {
    const { rows } = await tx.query("SELECT pg_backend_pid() AS pid");
    await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { state: "sold" };
  });
  await expect(settling).rejects.toThrow();
  expect(await store.find(seen)).toEqual(seen);
});

test("a PostgreSQL transaction that an error has ended is no sale, even if the work hides the error", async () => {
  const store = await openPostgresStore(pool);
  const seen = (await store.insertIfNew(order("hidden"), 60_000)) as Undecided;
  const settling = store.settleWithin(seen, async (tx) => {
    await tx.query("SELECT * FROM nowhere").catch(() => {});
    return { state: "sold" };
  });
  await expect(settling).rejects.toThrow("the database has rolled it back");
  expect(await store.find(seen)).toEqual(seen);
});

test("a work that throws leaves no trace in the database", async () => {
  const sqlite = openSqliteStore({ file: ":memory:" });
  const postgres = await openPostgresStore(pool);
  await pool.query("DROP TABLE IF EXISTS keys; CREATE TABLE keys (code text)");
  sqlite.database.exec("CREATE TABLE keys (code text)");
  const inBoth = await Promise.all([sqlite, postgres].map((store) => store.insertIfNew(order("undone"), 60_000)));
  const [seenInSqlite, seenInPostgres] = inBoth as [Undecided, Undecided];
  const insertKey = "INSERT INTO keys VALUES ('K')";
  const inSqlite = sqlite.settleWithin(seenInSqlite, (tx) => {
    tx.exec(insertKey);
    throw new Error("no");
  });
  await expect(inSqlite).rejects.toThrow("no");
  const inPostgres = postgres.settleWithin(seenInPostgres, async (tx) => {
    await tx.query(insertKey);
    throw new Error("no");
  });
  await expect(inPostgres).rejects.toThrow("no");
  expect(sqlite.database.prepare("SELECT count(*) AS n FROM keys").get()).toMatchObject({ n: 0 });
  expect((await pool.query("SELECT count(*)::int AS n FROM keys")).rows).toEqual([{ n: 0 }]);
  await sqlite.close();
});
