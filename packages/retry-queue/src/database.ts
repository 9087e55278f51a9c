import { resolve } from "node:path";
import { PgBoss } from "pg-boss";
import type { ConstructorOptions } from "pg-boss";
import { openEmbedded } from "./embedded.ts";
import type { Clock } from "./options.ts";
import { QueueError } from "./queue-error.ts";

/** A folder, a URL of PostgreSQL, or a started instance of pg-boss, which stays yours to stop. */
export type Database = string | PgBoss;

/** Runs SQL; as what pg-boss calls a `db`: a transaction of yours is one as `{ executeSql: (text, values) => client.query(text, values) }`. */
export interface Db {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** What pg-boss has of a database, with transactions. */
export type BossDb = NonNullable<ConstructorOptions["db"]> & Required<Pick<NonNullable<ConstructorOptions["db"]>, "beginTransaction">>;

/** An open database with pg-boss on it. */
export interface Storage {
  boss: PgBoss;
  schema: string;
  /** Outside of any transaction. */
  db: Db;
  /** Runs the work in a transaction: all of its effects, or none when it throws. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export const isUrl = (database: string) => /^postgres(ql)?:\/\//.test(database);

export async function openStorage(database: Database, schema: string, clock?: Clock): Promise<Storage> {
  const open = typeof database !== "string" ? { boss: database, close: async () => {} } : await startBoss(database, schema, clock);
  const db = open.boss.getDb() as BossDb;
  if (!db.beginTransaction) {
    throw new QueueError("invalid-option", "Cannot open the queue: the database of this pg-boss has no transactions (beginTransaction); let pg-boss make its own pool, or give a URL");
  }
  return { ...open, schema, db, transaction: (work) => within(db, work) };
}

async function startBoss(database: string, schema: string, clock: Clock | undefined): Promise<{ boss: PgBoss; close(): Promise<void> }> {
  const embedded = isUrl(database) ? undefined : await openEmbedded(database);
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, connectionTimeoutMillis: 10_000, application_name: "codegames-retry-queue" }),
    schema, schedule: false, ...(clock && { clock }),
    // Finds the jobs of a killed worker within tens of seconds.
    superviseIntervalSeconds: 10, monitorIntervalSeconds: 10,
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
  try {
    const result = await work(transaction.db);
    await transaction.db.executeSql("SELECT 1");
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
