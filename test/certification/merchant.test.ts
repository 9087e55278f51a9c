import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { defaultCatalogue, startSandbox } from "@codegames/sandbox";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { type Merchant, openMerchant, type Stage, type Store } from "./merchant.ts";
import { merchantCases, ownProducts } from "./merchant-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-merchant-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Query = (sql: string) => Promise<{ rows: Record<string, string>[] }>;

/** All rows of all tables, as text. */
async function dump(query: Query): Promise<string> {
  const { rows } = await query(`SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`);
  const texts = [];
  for (const { name } of rows) texts.push(name, ...(await query(`SELECT t::text AS text FROM ${name} t`)).rows.map(({ text }) => text));
  return texts.join("\n");
}

const stores: Record<string, () => Promise<Store>> = {
  async PGlite() {
    const database = join(folder, "queue");
    return {
      database, isShared: false,
      async dump() {
        const lite = await PGlite.create(join(database, "data"));
        return dump((sql) => lite.query(sql)).finally(() => lite.close());
      },
      files: () => readdirSync(database, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name))] : [])),
    };
  },
  async PostgreSQL() {
    const database = await newDatabase(inject("databaseUrl"));
    return {
      database, isShared: true,
      async dump() {
        const client = new pg.Client({ connectionString: database });
        await client.connect();
        return dump((sql) => client.query(sql)).finally(() => client.end());
      },
      files: () => [],
    };
  },
};

describe.each(Object.entries(stores))("the retry queue on %s", (where, makeStore) => {
  let store: Store;
  let stage: Stage;
  let count = 0;
  const open: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    store = await makeStore();
  });

  afterEach(async () => {
    try {
      for (const each of open.splice(0)) await each.stop();
    } finally {
      vi.restoreAllMocks();
    }
    expect(stage.printed()).toBe("");
  });

  afterAll(() => console.log(`merchant: ${count} cases on ${where}`));

  test.each(merchantCases)("$id $name", { timeout: 30_000 }, async ({ id, run }) => {
    const printed = listen();
    const sandbox = await startSandbox({ catalogue: [...defaultCatalogue, ...ownProducts] });
    open.push({ stop: () => sandbox.close() });
    const base = { sandbox, store, name: id };
    stage = {
      ...base, printed: () => printed.join(""),
      async open(options = {}): Promise<Merchant> {
        const merchant = await openMerchant(base, options);
        open.unshift(merchant);
        return merchant;
      },
      async change(productId, change) {
        const { status } = await fetch(`${sandbox.adminUrl}/products/${productId}`, { method: "PATCH", body: JSON.stringify(change) });
        expect(status).toBe(200);
      },
    };
    await run(stage);
    count++;
  });
});

/** What pg says of the clock of tests, which sets each new connection up with a statement that nobody waits for. */
const clockWarning = /^\(node:\d+\) DeprecationWarning: Calling client\.query\(\) when the client is already executing a query/;

/** Keeps what is printed from here on, through the console or beside it. */
function listen(): string[] {
  const printed: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir"] as const) vi.spyOn(console, name).mockImplementation((...args: unknown[]) => void printed.push(`${args.map(String).join(" ")}\n`));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockImplementation((chunk) => (clockWarning.test(String(chunk)) || printed.push(String(chunk)), true));
  return printed;
}

test("the cases are M01 to M24, M26, M27 and M33, each once", () => {
  const numbers = [...Array.from({ length: 24 }, (_, index) => index + 1), 26, 27, 33];
  expect(merchantCases.map(({ id }) => id)).toEqual(numbers.map((number) => `M${String(number).padStart(2, "0")}`));
});
