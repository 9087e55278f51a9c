import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PgBoss } from "pg-boss";
import { openQueue } from "../open-retry-queue.ts";
import { checkOptions, type RetryQueueOptions } from "../options.ts";
import { QueueError } from "../queue-error.ts";
import type { RetryQueue } from "../retry-queue.ts";
import { isUrl, placeOf } from "../storage/database-url.ts";
import { connectionOptions, reasonOf } from "../storage/database.ts";
import { requireLatestVersion } from "../storage/migrate.ts";
import { openPglite } from "../storage/pglite.ts";
import type { Place } from "./command-line.ts";

export interface ExistingQueue {
  queue: RetryQueue;
  close(): Promise<void>;
}

/**
 * Opens an existing queue for the command line. Unlike `openRetryQueue` it makes no folder, no tables and no queue: it
 * throws when they are missing. The opened queue can call neither the hub nor `onSettled`.
 */
export async function openExistingQueue({ database, schema, name }: Place): Promise<ExistingQueue> {
  const inert: Pick<RetryQueueOptions, "client" | "onSettled"> = {
    client: { pay: refuse, status: refuse },
    onSettled: refuse,
  };
  checkOptions({ ...inert, schema, name });
  const embedded = isUrl(database) ? undefined : await openFolder(database);
  const boss = createBoss(database, schema, embedded);
  const close = async () => {
    await boss.stop({ graceful: false }).catch(() => {});
    await embedded?.close();
  };
  try {
    await start(boss, database, schema);
    const periodSeconds = await readPeriod(boss, database, schema, name);
    const queue = await openQueue(
      { ...inert, database: boss, schema, name, policy: { periodSeconds } },
      requireLatestVersion,
    );
    const stop = async () => {
      try {
        await queue.stop();
      } finally {
        await close();
      }
    };
    return { queue, close: stop };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Leaves the tables as they are, and maintenance to the process that runs the queue. */
function createBoss(database: string, schema: string, embedded: Embedded | undefined): PgBoss {
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, ...connectionOptions }),
    schema,
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  boss.on("error", () => {});
  return boss;
}

type Embedded = Awaited<ReturnType<typeof openPglite>>;

const refuse = (): never => {
  throw new Error("The command line sends nothing and settles nothing");
};

function openFolder(folder: string): ReturnType<typeof openPglite> {
  const hasQueue = ["version", "data"].every((entry) => existsSync(join(folder, entry)));
  if (!hasQueue) {
    throw new Error(`There is no queue in the folder ${resolve(folder)}; for another place use --database`);
  }
  return openPglite(folder);
}

async function start(boss: PgBoss, database: string, schema: string): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    const reason = reasonOf(error);
    const place = placeOf(database);
    if (/not installed/.test(reason)) {
      throw new Error(`There is no queue in schema ${schema} of ${place}; for another one use --schema`, {
        cause: error,
      });
    }
    if (/requires migrations/.test(reason)) {
      throw new QueueError(
        "foreign-database",
        `Cannot open the queue: the tables of pg-boss in schema ${schema} of ${place} have another version; ` +
          "first run the program that uses this queue with this version",
        error,
      );
    }
    throw new QueueError("database-unreachable", `Cannot open the queue: ${place} cannot be used: ${reason}`, error);
  }
}

/** Reads the period that the queue works with, so that redriven operations keep it. */
async function readPeriod(boss: PgBoss, database: string, schema: string, name: string): Promise<number> {
  const place = placeOf(database);
  const db = boss.getDb();
  const table = `${schema}.operation_version`;
  const { rows } = await db.executeSql("SELECT to_regclass($1) IS NOT NULL AS has_queue", [table]);
  if (!rows[0].has_queue) {
    throw new Error(`There is no queue in schema ${schema} of ${place}: its tables belong to another use of pg-boss`);
  }
  const found = await boss.getQueue(`${name}-status`);
  if (found) return Math.max(1, found.retryDelay ?? 1);
  const { rows: others } = await db.executeSql(`SELECT DISTINCT queue FROM ${schema}.operation ORDER BY 1 LIMIT 20`);
  const hint = others.length > 0 ? `; there is ${others.map(({ queue }) => queue).join(", ")}` : "";
  throw new Error(`There is no queue ${name} in ${place}${hint}`);
}
