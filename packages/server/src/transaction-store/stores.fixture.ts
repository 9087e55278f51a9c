/** Every store that this package has, for the tests that all of them must pass. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { OpenStore } from "./store-case.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-store-"));
const pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")), max: 30 });
pool.on("error", () => {});

afterAll(async () => {
  await pool.end();
  rmSync(folder, { recursive: true });
});

let count = 0;

/** Opens each store, new and empty. */
const openers: Record<string, OpenStore> = {
  "SQLite in a file": async (options) => openSqliteStore({ file: join(folder, `${count++}.db`), ...options }),
  "SQLite in memory": async (options) => openSqliteStore({ file: ":memory:", ...options }),
  async PostgreSQL(options) {
    const store = await openPostgresStore(pool, options);
    await pool.query("TRUNCATE codegames_transactions");
    return store;
  },
};

export { folder, openers, pool };
