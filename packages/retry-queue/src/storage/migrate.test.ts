// Long, because every case needs a database full of version 1, and what its processes do with it.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { printMigrations, readMigrations } from "../../print-migrations.ts";
import { migrations } from "../gen/migrations.ts";
import { openRetryQueue } from "../open-retry-queue.ts";
import { openStorage, type Storage } from "./database.ts";
import { migrate } from "./migrate.ts";

const latest = migrations.length;
const versionOne = migrations.slice(0, 1);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Opens a database whose tables have version 1. */
async function openVersionOne(database?: string) {
  const url = database ?? (await newDatabase(inject("databaseUrl")));
  const storage = await openStorage(url, "codegames");
  cleanups.push(() => storage.close());
  await migrate(storage, true, { steps: versionOne });
  const sql = async (text: string, values?: unknown[]) => (await storage.db.executeSql(text, values)).rows;
  return { url, storage, sql };
}

type Sql = Awaited<ReturnType<typeof openVersionOne>>["sql"];

/** Fills the tables as version 1 does: operations in every state, kept decisions, and audit trails. */
async function fill(sql: Sql, count: number): Promise<void> {
  await sql(
    `INSERT INTO codegames.operation (queue, txn_id, id, request, state, attention, created_at, settled_at, answer,
       settlement, decision, absent_count, absent_claim, unsent_claims)
     SELECT 'hub', 'T-' || n, md5(n::text)::uuid, '{"product_id":1,"price":100,"txn_id":"T-' || n || '"}', s.state,
       CASE s.state WHEN 'unresolved' THEN 'unresolved' WHEN 'succeeded' THEN 'key-missing' END,
       now() - n * interval '1 s', CASE WHEN s.is_settled THEN now() END, '{"outcome":"unknown","reason":"timeout"}',
       CASE WHEN s.is_settled THEN jsonb_build_object('outcome', s.outcome, 'by', 'status', 'keyMissing', true) END,
       CASE WHEN s.state = 'pending' AND n % 2 = 0
         THEN '{"outcome":"succeeded","by":"pay","isKeyLost":true}'::jsonb END,
       n % 3, n % 5, n % 2
     FROM generate_series(1, $1::int) n JOIN (VALUES
       (0, 'pending', false, null), (1, 'not-sent', false, null), (2, 'succeeded', true, 'succeeded'),
       (3, 'rejected', true, 'rejected'), (4, 'cancelled', true, 'cancelled'), (5, 'unresolved', false, null),
       (6, 'resolved', true, 'cancelled')
     ) AS s (number, state, is_settled, outcome) ON n % 7 = s.number`,
    [count],
  );
  for (const kind of ["unresolved", "redriven", "unresolved"]) {
    await sql(
      `INSERT INTO codegames.operation_event SELECT queue, txn_id, now(), $1, '{"attempts":100}'
       FROM codegames.operation WHERE state = 'unresolved'`,
      [kind],
    );
  }
}

/** A sum over all rows, of the columns that version 1 knows. */
async function digest(sql: Sql): Promise<unknown> {
  const columns = "queue, txn_id, at, kind, detail";
  return sql(`SELECT (SELECT sum(hashtextextended(o::text, 0)) FROM codegames.operation o) AS operations,
    (SELECT sum(hashtextextended(e::text, 0)) FROM (SELECT ${columns} FROM codegames.operation_event) e) AS events`);
}

const versionOf = async (sql: Sql) => (await sql("SELECT version FROM codegames.operation_version")) as unknown[];

const shapeOf = (sql: Sql) =>
  sql(`SELECT table_name, column_name, data_type, column_default FROM information_schema.columns
    WHERE table_schema = 'codegames' ORDER BY 1, ordinal_position`);

const client = {
  pay: async () => ({ outcome: "unknown", reason: "timeout" }) as never,
  status: async () => ({ outcome: "unknown", reason: "timeout" }) as never,
};

async function open(database: string) {
  const queue = await openRetryQueue({ client, database, onSettled() {}, policy: { pollSeconds: 0.05 } });
  cleanups.push(() => queue.stop());
  return queue;
}

test("a database full of version 1 loses nothing, and the queue goes on with it", async () => {
  const { url, sql } = await openVersionOne();
  await fill(sql, 100_000);
  const before = await digest(sql);
  const startedAt = performance.now();
  const queue = await open(url);
  console.log(`migrate: 100000 operations in ${Math.round(performance.now() - startedAt)} ms, with the opening`);
  expect(await digest(sql)).toEqual(before);
  expect(await versionOf(sql)).toEqual([{ version: latest }]);
  expect(await queue.get("T-9")).toMatchObject({ state: "succeeded", settlement: { isKeyMissing: true } });
  expect(await queue.resolve("T-5", "refunded", "asked the hub")).toMatchObject({ state: "resolved" });
  expect(await queue.redrive("T-12")).toBe(1);
  expect(await queue.counts()).toMatchObject({ attention: { unresolved: 14_284, "key-missing": 14_286 } });
  const settled = once(queue, "settled");
  await sql("DELETE FROM codegames.operation WHERE txn_id NOT IN ('T-5', 'T-12', 'T-14')");
  await queue.start();
  await sql("UPDATE codegames.job SET start_after = now() WHERE data->>'task' = 'settle'");
  expect((await settled)[0]).toMatchObject({ txn_id: "T-14", outcome: "succeeded", isKeyMissing: true });
}, 120_000);

test("an audit trail keeps the order of entries that have one time, and of those from before", async () => {
  const { url, storage, sql } = await openVersionOne();
  const at = "2026-01-01T00:00:00Z";
  const add = (db: Pick<Storage["db"], "executeSql">, kind: string) =>
    db.executeSql("INSERT INTO codegames.operation_event VALUES ('hub', 'T-1', $1, $2, '{}')", [at, kind]);
  await sql(
    `INSERT INTO codegames.operation (queue, txn_id, id, state, created_at)
     VALUES ('hub', 'T-1', $1, 'pending', $2)`,
    ["6f2b7f0a-0000-5000-8000-000000000000", at],
  );
  for (const kind of ["1", "2", "3", "before"]) await add(storage.db, kind);
  const queue = await open(url);
  // Entries that come now take the room of older ones, and so a place before them.
  await sql("DELETE FROM codegames.operation_event WHERE kind <> 'before'");
  await sql("VACUUM codegames.operation_event");
  // A process of version 1 names no columns.
  for (const kind of ["c", "a", "b"]) await add(storage.db, kind);
  const { events } = await queue.trail((await queue.get("T-1"))!);
  expect(events.map(({ kind }) => kind)).toEqual(["before", "c", "a", "b"]);
});

test("version 1 goes on working while version 2 rolls out: its columns stay as they are", async () => {
  const { url, sql } = await openVersionOne();
  const before = await shapeOf(sql);
  await open(url);
  const after = new Set((await shapeOf(sql)).map((column) => JSON.stringify(column)));
  expect(before.filter((column) => !after.has(JSON.stringify(column)))).toEqual([]);
});

test("a failed step changes nothing, says so, and can be repeated", async () => {
  const { storage, sql } = await openVersionOne();
  await fill(sql, 700);
  const before = [await shapeOf(sql), await digest(sql), await versionOf(sql)];
  const broken = { version: latest + 1, statements: ["CREATE TABLE :schema.half (id int)", "SELECT 1 / 0"] };
  await expect(migrate(storage, true, { steps: [...migrations, broken] })).rejects.toMatchObject({
    code: "migration-failed",
    message:
      "Cannot open the queue: schema codegames stays at version 1, which its processes go on using, because the step " +
      `to version ${latest + 1} failed: division by zero`,
  });
  expect([await shapeOf(sql), await digest(sql), await versionOf(sql)]).toEqual(before);
  await migrate(storage, true);
  expect(await versionOf(sql)).toEqual([{ version: latest }]);
});

test("a step does not wait for long for the merchant's own transactions: pays would wait behind it", async () => {
  const { url, storage, sql } = await openVersionOne();
  const merchant = new pg.Client({ connectionString: url });
  await merchant.connect();
  cleanups.push(() => merchant.end());
  await merchant.query("BEGIN; SELECT count(*) FROM codegames.operation_event");
  await expect(migrate(storage, true, { lockTimeoutMs: 50 })).rejects.toMatchObject({
    code: "migration-failed",
    message: expect.stringContaining("lock timeout"),
  });
  expect(await versionOf(sql)).toEqual([{ version: 1 }]);
  await merchant.query("COMMIT");
  await migrate(storage, true, { lockTimeoutMs: 50 });
  expect(await versionOf(sql)).toEqual([{ version: latest }]);
});

test.each(["on a database of version 1", "on an empty database"])(
  "%s, of several processes at once one migrates",
  async (where) => {
    const url = where.includes("empty") ? await newDatabase(inject("databaseUrl")) : (await openVersionOne()).url;
    const script = `
    import { openRetryQueue } from ${JSON.stringify(new URL("../index.ts", import.meta.url).href)};
    const client = { pay() {}, status() {} };
    const queue = await openRetryQueue({ client, onSettled() {}, database: process.argv[1] });
    await queue.watch({ txn_id: "P-" + process.argv[2] });
    await queue.stop();
  `;
    const args = ["--no-warnings", "--input-type=module-typescript", "-e", script, url];
    const processes = Array.from({ length: 4 }, async (_, number) => {
      const child = spawn(process.execPath, [...args, String(number)], { stdio: ["ignore", "inherit", "inherit"] });
      return (await once(child, "close"))[0] as number;
    });
    expect(await Promise.all(processes)).toEqual([0, 0, 0, 0]);
    const { sql } = await openLatest(url);
    expect(await versionOf(sql)).toEqual([{ version: latest }]);
    expect(await sql("SELECT txn_id FROM codegames.operation ORDER BY 1")).toHaveLength(4);
  },
  60_000,
);

async function openLatest(url: string) {
  const storage = await openStorage(url, "codegames");
  cleanups.push(() => storage.close());
  return { sql: async (text: string) => (await storage.db.executeSql(text)).rows };
}

test("a folder of version 1 is migrated too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codegames-migrate-"));
  cleanups.push(async () => rmSync(folder, { recursive: true }));
  const { storage, sql } = await openVersionOne(join(folder, "queue"));
  await fill(sql, 70);
  cleanups.pop();
  await storage.close();
  const queue = await open(join(folder, "queue"));
  expect(await queue.unresolved()).toHaveLength(20);
  expect((await queue.trail((await queue.get("T-5"))!)).events).toHaveLength(3);
}, 60_000);

test("src/gen/migrations.ts holds the SQL files", () => {
  const printed = readFileSync(new URL("../gen/migrations.ts", import.meta.url), "utf8");
  expect(printed, "build the package").toBe(printMigrations(readMigrations()));
});

/** The first bytes of the SHA-256 of each released file: what has run at a merchant's cannot be changed any more. */
const released = { "0001_create.sql": "d74ee7ceb3972ff3" };

test("released migrations stay as they are", () => {
  const files = readMigrations();
  for (const [name, hash] of Object.entries(released)) {
    expect(createHash("sha256").update(files.get(name)!).digest("hex").slice(0, 16), name).toBe(hash);
  }
});

test.each([
  [["0001_a.sql", "0003_b.sql"], "0003_b.sql must be named 0002_….sql"],
  [["1_a.sql"], "1_a.sql must be named 0001_….sql"],
])("files %j are refused", (names, message) => {
  expect(() => printMigrations(new Map(names.map((name) => [name, "SELECT 1;\n"])))).toThrow(message);
});

test("a statement without its semicolon is refused, and text that would end a template is escaped", () => {
  expect(() => printMigrations(new Map([["0001_a.sql", "SELECT 1\n"]]))).toThrow("must end with a semicolon: SELECT 1");
  const printed = printMigrations(new Map([["0001_a.sql", "SELECT '`${1}\\';\n"]]));
  expect(printed).toContain("`SELECT '\\`\\${1}\\\\'`");
});
