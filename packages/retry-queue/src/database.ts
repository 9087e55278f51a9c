import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { PgBoss } from "pg-boss";
import type { Boss, BossDb } from "./boss.ts";
import { openEmbedded } from "./embedded.ts";
import type { Clock } from "./options.ts";
import { QueueError } from "./queue-error.ts";

/** A folder, a URL of PostgreSQL, or a started instance of pg-boss, which stays yours to stop. */
export type Database = string | Boss;

/** Runs SQL; as what pg-boss calls a `db`: a transaction of yours is one as `{ executeSql: (text, values) => client.query(text, values) }`. */
export interface Db {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** An open database with pg-boss on it. */
export interface Storage {
  boss: Boss;
  schema: string;
  /** Whether no other process can be at work on it. */
  isExclusive: boolean;
  /** Outside of any transaction. */
  db: Db;
  /** Runs the work in a transaction: all of its effects, or none when it throws. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection that is silently gone fails within a minute, not when the operating system gives it up. */
export const connectionOptions = { connectionTimeoutMillis: 10_000, query_timeout: 60_000, keepAlive: true, application_name: "codegames-retry-queue" };

export const isUrl = (database: string) => /^postgres(ql)?:\/\//.test(database);

export async function openStorage(database: Database, schema: string, clock?: Clock): Promise<Storage> {
  const open = typeof database !== "string" ? { boss: database, close: async () => {} } : await startBoss(database, schema, clock);
  const db = open.boss.getDb() as BossDb;
  if (typeof database !== "string") await checkBoss(db, schema);
  if (!db.beginTransaction) {
    throw new QueueError("invalid-option", "Cannot open the queue: the database of this pg-boss has no transactions (beginTransaction); let pg-boss make its own pool, or give a URL");
  }
  return { ...open, schema, isExclusive: typeof database === "string" && !isUrl(database), db, transaction: (work) => within(db, work) };
}

/** A pg-boss of the caller's has to be started, and its schema to be named. */
async function checkBoss(db: BossDb, schema: string): Promise<void> {
  let isThere: boolean;
  try {
    isThere = (await db.executeSql("SELECT to_regclass($1) IS NOT NULL AS is_there", [`${schema}.job`])).rows[0].is_there;
  } catch (error) {
    throw new QueueError("database-unreachable", `Cannot open the queue: the pg-boss that is given must be started: ${reasonOf(error)}`, error);
  }
  if (!isThere) throw new QueueError("invalid-option", `Cannot open the queue: option schema must name the schema of the pg-boss that is given, is ${JSON.stringify(schema)}`);
}

async function startBoss(database: string, schema: string, clock: Clock | undefined): Promise<{ boss: PgBoss; close(): Promise<void> }> {
  const embedded = isUrl(database) ? undefined : await openEmbedded(database);
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, ...connectionOptions }),
    schema, schedule: false, ...(clock && { clock }),
    // It counts every job each time, which takes seconds with hundreds of thousands of them.
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
    throw new QueueError("database-unreachable", `Cannot open the queue: ${placeOf(database)} cannot be used: ${reasonOf(error)}`, error);
  }
  return {
    boss,
    async close() {
      await boss.stop({ graceful: false });
      await embedded?.close();
    },
  };
}

/** Host and database of a URL, without its credentials; or the folder. */
export function placeOf(database: string): string {
  if (!isUrl(database)) return `folder ${resolve(database)}`;
  try {
    const { host, pathname } = new URL(database);
    return `PostgreSQL at ${host || "localhost"}, database ${decodeURIComponent(pathname.slice(1)) || "(default)"}`;
  } catch {
    return "PostgreSQL (the URL cannot be read)";
  }
}

export function reasonOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: { message: string }[] };
  return message || errors?.[0]?.message || code || "no reason given";
}

/**
 * The work's last statement must go through the transaction: PostgreSQL answers the COMMIT of a transaction that an error
 * has ended with ROLLBACK and no error, and only another statement of it fails.
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

/** Whether this is called within the work of a transaction. */
export const isInTransaction = () => current.getStore()?.isOpen === true;
