import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { sellOnce } from "../sell-once/sell-once.ts";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { TransactionStore } from "./transaction-store.ts";

/** The table as version 0.1 made it, in either dialect. */
const version1 = (text: string, number: string, real: string) => `
  CREATE TABLE codegames_transactions (
    merchant ${text} NOT NULL, txn_id ${text} NOT NULL, product_id ${number} NOT NULL, price ${real} NOT NULL,
    partner_txn_id ${text} NOT NULL UNIQUE, created_at_ms ${number} NOT NULL,
    state ${text} NOT NULL CHECK (state IN ('pending', 'selling', 'sold', 'refused')),
    refusal ${text}, lease_until_ms ${number}, PRIMARY KEY (merchant, txn_id))`;

const rows = ["pending", "selling", "sold", "refused", "leased"].map((txnId, index) => {
  const state = txnId === "leased" ? "pending" : txnId;
  const refusal = state === "refused" ? "'WRONG_PRICE'" : "NULL";
  const leaseUntilMs = { pending: 50, selling: 60, leased: 1000 }[txnId] ?? "NULL";
  return `('shop-1', '${txnId}', 9007199254740993, 4.35, 'W-${index}', 1, '${state}', ${refusal}, ${leaseUntilMs})`;
});
const fill = `INSERT INTO codegames_transactions VALUES ${rows.join()}`;
const now = () => 100;

const folder = mkdtempSync(join(tmpdir(), "codegames-migration-"));
const pools: pg.Pool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  rmSync(folder, { recursive: true });
});

/** Each makes a database of version 1 and opens it twice, as two processes do that start at once. */
const openers: Record<string, () => Promise<TransactionStore[]>> = {
  async SQLite() {
    const file = join(folder, "v1.db");
    const database = new DatabaseSync(file);
    database.exec(`${version1("TEXT", "INTEGER", "REAL")} STRICT, WITHOUT ROWID; ${fill}`);
    database.close();
    return [openSqliteStore({ file, now }), openSqliteStore({ file, now })];
  },
  async PostgreSQL() {
    const pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")) });
    pools.push(pool);
    await pool.query(`${version1('text COLLATE "C"', "bigint", "double precision")}; ${fill}`);
    return Promise.all([openPostgresStore(pool, { now }), openPostgresStore(pool, { now })]);
  },
};

describe.each(Object.entries(openers))("a table of version 1 on %s", (_, open) => {
  test("is migrated, and what it left open is decided", async () => {
    const [store, other] = await open();
    const sold: string[] = [];
    const shop = sellOnce({
      store: store!,
      findProduct: () => undefined,
      sell: ({ txn_id, product_id, partner_txn_id }) => (sold.push(`${txn_id} ${product_id} ${partner_txn_id}`), {}),
    });
    expect(await shop.recover()).toEqual({ decided: 2, errors: [] });
    expect(sold).toEqual(["selling 9007199254740993 W-1"]);
    const statuses: Record<string, unknown> = {};
    for (const txn_id of ["pending", "selling", "sold", "refused"]) {
      statuses[txn_id] = (await shop.status({ txn_id }, { merchant: "shop-1" })).status;
    }
    const [canceled, ok] = ["TXN_CANCELED", "OK"];
    expect(statuses).toEqual({ pending: canceled, selling: ok, sold: ok, refused: canceled });
    expect(await other!.find({ merchant: "shop-1", txn_id: "leased" })).toMatchObject({ isLeaseOver: false });
    await Promise.all([store!.close(), other!.close()]);
  });
});

test("a process of version 1 can still insert into a migrated PostgreSQL table", async () => {
  const [store] = await openers["PostgreSQL"]!();
  const old = `INSERT INTO codegames_transactions VALUES ('shop-1', 'late', 1, 1, 'W-late', 1, 'pending', NULL, 50)`;
  await pools.at(-1)!.query(old);
  expect(await store!.findAbandoned()).toEqual(expect.arrayContaining([expect.objectContaining({ txn_id: "late" })]));
  await store!.close();
});
