import { AsyncLocalStorage } from "node:async_hooks";
import { PgBoss } from "pg-boss";
import type { Boss } from "./boss.ts";
import type { Clock } from "./clock.ts";
import { isUrl, placeOf } from "./database-url.ts";
import type { BossDb, Db } from "./db.ts";
import { openEmbedded } from "./embedded.ts";
import { QueueError } from "./queue-error.ts";

/** A folder, a URL of PostgreSQL, or a started instance of pg-boss, which stays yours to stop. */
export type Database = string | Boss;

/** An open database with pg-boss on it. */
export interface Storage {
  boss: Boss;
  schema: string;
  /** Whether no other process can work on it. */
  isExclusive: boolean;
  /** Runs SQL outside of any transaction. */
  db: Db;
  /** Runs work in a transaction: if it throws, the transaction is rolled back. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A silently lost connection fails within a minute, and not when the operating system notices. */
export const connectionOptions = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 60_000,
  keepAlive: true,
  application_name: "codegames-retry-queue",
};

export async function openStorage(database: Database, schema: string, clock?: Clock): Promise<Storage> {
  const isGiven = typeof database !== "string";
  const open = isGiven ? { boss: database, close: async () => {} } : await startBoss(database, schema, clock);
  const db = open.boss.getDb() as BossDb;
  if (isGiven) await checkBoss(db, schema);
  if (!db.beginTransaction) {
    const problem = "the database of this pg-boss has no transactions (beginTransaction)";
    const advice = "let pg-boss make its own pool, or give a URL";
    throw new QueueError("invalid-option", `Cannot open the queue: ${problem}; ${advice}`);
  }
  const isExclusive = !isGiven && !isUrl(database);
  return { ...open, schema, isExclusive, db, transaction: (work) => within(db, work) };
}

/** Checks that the caller has started its pg-boss and names its schema. */
async function checkBoss(db: BossDb, schema: string): Promise<void> {
  let isThere: boolean;
  try {
    isThere = (await db.executeSql("SELECT to_regclass($1) IS NOT NULL AS is_there", [`${schema}.job`])).rows[0].is_there;
  } catch (error) {
    const problem = `the given pg-boss must be started: ${reasonOf(error)}`;
    throw new QueueError("database-unreachable", `Cannot open the queue: ${problem}`, error);
  }
  if (isThere) return;
  const problem = `option schema must name the schema of the given pg-boss, is ${JSON.stringify(schema)}`;
  throw new QueueError("invalid-option", `Cannot open the queue: ${problem}`);
}

async function startBoss(
  database: string,
  schema: string,
  clock: Clock | undefined,
): Promise<{ boss: PgBoss; close(): Promise<void> }> {
  const embedded = isUrl(database) ? undefined : await openEmbedded(database);
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, ...connectionOptions }),
    schema, schedule: false, ...(clock && { clock }),
    // The monitor counts every job each time, which takes seconds with hundreds of thousands of jobs.
    monitorIntervalSeconds: 3600,
    registerInstance: false,
  });
  boss.on("error", () => {});
  try {
    await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    await embedded?.close();
    if (embedded) throw error;
    const problem = `${placeOf(database)} cannot be used: ${reasonOf(error)}`;
    throw new QueueError("database-unreachable", `Cannot open the queue: ${problem}`, error);
  }
  return {
    boss,
    async close() {
      await boss.stop({ graceful: false });
      await embedded?.close();
    },
  };
}

/** The reason of a database error, in words. */
export function reasonOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: { message: string }[] };
  return message || errors?.[0]?.message || code || "no reason given";
}

/**
 * Runs work in a transaction. It ends with a statement of its own, because after an error in the transaction PostgreSQL answers
 * COMMIT with ROLLBACK and no error; only another statement fails.
 */
export async function within<T>(db: BossDb, work: (tx: Db) => Promise<T>): Promise<T> {
  const transaction = await db.beginTransaction();
  const own = { isOpen: true };
  try {
    const result = await current.run(own, () => work(transaction.db));
    await transaction.db.executeSql("SELECT 1");
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  } finally {
    own.isOpen = false;
  }
}

const current = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Whether the caller runs inside the work of a transaction. */
export const isInTransaction = () => current.getStore()?.isOpen === true;
