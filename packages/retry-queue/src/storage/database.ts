import { PgBoss } from "pg-boss";
import type { Clock } from "../clock.ts";
import { QueueError } from "../queue-error.ts";
import type { Boss } from "./boss.ts";
import { isUrl, placeOf } from "./database-url.ts";
import type { BossDb, Db } from "./db.ts";
import { openPglite } from "./pglite.ts";
import { runInTransaction } from "./transaction.ts";

/** A folder, a URL of PostgreSQL, or a started instance of pg-boss, which the caller stops. */
export type Database = string | Boss;

/** An open database with pg-boss on it. */
export interface Storage {
  boss: Boss;
  schema: string;
  /** Whether no other process can use it. */
  isExclusive: boolean;
  /** Runs SQL outside of any transaction. */
  db: Db;
  /** Runs the work in a transaction: all of its effects are kept, or none if it throws. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Makes a connection that died silently fail within a minute; the operating system would take hours. */
export const connectionOptions = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 60_000,
  keepAlive: true,
  application_name: "codegames-retry-queue",
};

export async function openStorage(database: Database, schema: string, clock?: Clock): Promise<Storage> {
  const open =
    typeof database === "string" ? await startBoss(database, schema, clock) : { boss: database, close: async () => {} };
  const db = open.boss.getDb() as BossDb;
  if (typeof database !== "string") await checkBoss(db, schema);
  if (!db.beginTransaction) {
    throw new QueueError(
      "invalid-option",
      "Cannot open the queue: the database of this pg-boss has no transactions (beginTransaction); " +
        "let pg-boss make its own pool, or pass a URL",
    );
  }
  const isExclusive = typeof database === "string" && !isUrl(database);
  return { ...open, schema, isExclusive, db, transaction: (work) => runInTransaction(db, work) };
}

/** Checks that the caller's pg-boss is started and that the option `schema` names its schema. */
async function checkBoss(db: BossDb, schema: string): Promise<void> {
  let hasJobs: boolean;
  try {
    const { rows } = await db.executeSql("SELECT to_regclass($1) IS NOT NULL AS has_jobs", [`${schema}.job`]);
    hasJobs = rows[0].has_jobs;
  } catch (error) {
    const message = `Cannot open the queue: the given pg-boss must be started: ${reasonOf(error)}`;
    throw new QueueError("database-unreachable", message, error);
  }
  if (hasJobs) return;
  throw new QueueError(
    "invalid-option",
    `Cannot open the queue: option schema must name the schema of the given pg-boss, is ${JSON.stringify(schema)}`,
  );
}

/** A started pg-boss; `close` stops it together with its database. */
interface StartedBoss {
  boss: PgBoss;
  close(): Promise<void>;
}

async function startBoss(database: string, schema: string, clock: Clock | undefined): Promise<StartedBoss> {
  const embedded = isUrl(database) ? undefined : await openPglite(database);
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, ...connectionOptions }),
    schema,
    schedule: false,
    ...(clock && { clock }),
    // The monitor counts all jobs, which takes seconds: see https://github.com/timgit/pg-boss/issues/228.
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
    const message = `Cannot open the queue: ${placeOf(database)} cannot be used: ${reasonOf(error)}`;
    throw new QueueError("database-unreachable", message, error);
  }
  return {
    boss,
    async close() {
      await boss.stop({ graceful: false });
      await embedded?.close();
    },
  };
}

export function reasonOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: { message: string }[] };
  return message || errors?.[0]?.message || code || "no reason given";
}
