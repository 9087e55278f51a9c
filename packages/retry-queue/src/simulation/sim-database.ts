import { PGlite } from "@electric-sql/pglite";
import { PgBoss, TestClock } from "pg-boss";
import type { Clock } from "../clock.ts";
import { makeQueues } from "../operations/jobs.ts";
import { readPolicy } from "../policy.ts";
import type { Storage } from "../storage/database.ts";
import type { BossDb } from "../storage/db.ts";
import { migrate } from "../storage/migrate.ts";
import { dbOf } from "../storage/pglite.ts";
import { runInTransaction } from "../storage/transaction.ts";

/** A database in memory, which the runs use one after the other. */
export interface SimDatabase {
  db: BossDb;
  testClock: TestClock;
}

/** The name of the queue in every run. */
export const name = "hub";

export async function openSimDatabase(): Promise<SimDatabase> {
  const db = dbOf(await PGlite.create());
  const testClock = new TestClock(Date.UTC(2026, 0, 1));
  const storage = await storageOn(db, testClock, true);
  await migrate(storage, true);
  await makeQueues({ storage, policy: readPolicy(), name });
  await db.executeSql(
    `CREATE TABLE sink (
      txn_id text, operation_id text, outcome text, has_product boolean, key_missing boolean, at_ms float8
    )`,
  );
  return { db, testClock };
}

export async function storageOn(db: BossDb, clock: Clock, isNew = false): Promise<Storage> {
  const boss = new PgBoss({
    db,
    backend: "pglite",
    schema: "codegames",
    schedule: false,
    supervise: false,
    registerInstance: false,
    migrate: isNew,
    clock,
  });
  boss.on("error", () => {});
  return {
    boss: await boss.start(),
    schema: "codegames",
    isExclusive: false,
    db,
    transaction: (work) => runInTransaction(db, work),
    close: async () => {},
  };
}

/** Deletes what a run has left. */
export async function emptyTables(db: BossDb): Promise<void> {
  const tables = ["operation", "operation_event", "operation_pace", "job"].map((table) => `codegames.${table}`);
  await db.executeSql([...tables, "sink"].map((table) => `DELETE FROM ${table}`).join("; "));
}
