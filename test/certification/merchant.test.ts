import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { defaultCatalogue, startSandbox } from "@codegames/sandbox";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { merchantCases, ownProducts } from "./merchant-cases.ts";
import { type CaseContext, type Merchant, openMerchant, type Store } from "./merchant.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-merchant-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Query = (sql: string) => Promise<{ rows: Record<string, string>[] }>;

/** All rows of all tables, as text. */
async function dump(query: Query): Promise<string> {
  const { rows } = await query(`SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`);
  const texts = [];
  for (const { name } of rows) {
    const found = await query(`SELECT t::text AS text FROM ${name} t`);
    texts.push(name, ...found.rows.map(({ text }) => text));
  }
  return texts.join("\n");
}

const readFiles = (folder: string): Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));

const stores: Record<string, () => Promise<Store>> = {
  async PGlite() {
    const database = join(folder, "queue");
    return {
      database,
      isShared: false,
      async dump() {
        const lite = await PGlite.create(join(database, "data"));
        try {
          return await dump((sql) => lite.query(sql));
        } finally {
          await lite.close();
        }
      },
      files: () => readFiles(database),
    };
  },
  async PostgreSQL() {
    const database = await newDatabase(inject("databaseUrl"));
    return {
      database,
      isShared: true,
      async dump() {
        const client = new pg.Client({ connectionString: database });
        await client.connect();
        try {
          return await dump((sql) => client.query(sql));
        } finally {
          await client.end();
        }
      },
      files: () => [],
    };
  },
};

describe.each(Object.entries(stores))("the retry queue on %s", (storeName, makeStore) => {
  let store: Store;
  let context: CaseContext;
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
    expect(context.printed()).toBe("");
  });

  afterAll(() => console.log(`merchant: ${count} cases on ${storeName}`));

  test.each(merchantCases)("$id $name", { timeout: 300_000 }, async ({ id, run }) => {
    const printed = recordPrinted();
    const sandbox = await startSandbox({ catalogue: [...defaultCatalogue, ...ownProducts] });
    open.push({ stop: () => sandbox.close() });
    const base = { sandbox, store, name: id };
    context = {
      ...base,
      printed: () => printed.join(""),
      async open(options = {}): Promise<Merchant> {
        const merchant = await openMerchant(base, options);
        open.unshift(merchant);
        return merchant;
      },
      async change(productId, change) {
        const { status } = await fetch(`${sandbox.adminUrl}/products/${productId}`, {
          method: "PATCH",
          body: JSON.stringify(change),
        });
        expect(status).toBe(200);
      },
    };
    await run(context);
    count++;
  });
});

/**
 * The warning of pg about the test clock, which sets up each new connection with a statement that it does not await.
 * https://github.com/brianc/node-postgres/issues/3612
 */
const clockWarning =
  /^\(node:\d+\) DeprecationWarning: Calling client\.query\(\) when the client is already executing a query/;

/** Records everything that is printed from here on, through the console or straight to the streams. */
function recordPrinted(): string[] {
  const printed: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir"] as const) {
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => {
      printed.push(`${args.map(String).join(" ")}\n`);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      if (!clockWarning.test(String(chunk))) printed.push(String(chunk));
      return true;
    });
  }
  return printed;
}

test("the cases are M01 to M24, M26, M27, M33, M35 to M38 and M40, each once", () => {
  const numbers = [...Array.from({ length: 24 }, (_, index) => index + 1), 26, 27, 33, 35, 36, 37, 38, 40];
  expect(merchantCases.map(({ id }) => id)).toEqual(numbers.map((number) => `M${String(number).padStart(2, "0")}`));
});
