import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PgBoss } from "pg-boss";
import type { Place } from "./command-line.ts";
import { connectionOptions, reasonOf } from "./database.ts";
import { isUrl, placeOf } from "./database-url.ts";
import { openEmbedded } from "./embedded.ts";
import { openRetryQueue } from "./open-retry-queue.ts";
import { checkOptions, type RetryQueueOptions } from "./options.ts";
import { QueueError } from "./queue-error.ts";
import type { RetryQueue } from "./retry-queue.ts";

/** A queue opened by a command. */
export interface ExistingQueue {
  queue: RetryQueue;
  close(): Promise<void>;
}

/**
 * Opens a queue for an operator's command. Unlike `openRetryQueue` it creates neither a folder nor tables nor a queue. It can
 * call neither the hub nor the merchant's books.
 *
 * @throws An error that says that there is no queue, or a {@link QueueError} of `openRetryQueue`.
 */
export async function openExistingQueue({ database, schema, name }: Place): Promise<ExistingQueue> {
  const nobody: Pick<RetryQueueOptions, "client" | "onSettled"> = {
    client: { pay: refuse, status: refuse },
    onSettled: refuse,
  };
  checkOptions({ ...nobody, schema, name });
  const embedded = isUrl(database) ? undefined : await openFolder(database);
  const boss = new PgBoss({
    ...(embedded ? { db: embedded.db, backend: "pglite" } : { connectionString: database, ...connectionOptions }),
    schema,
    // Maintenance is left to the process that runs the queue.
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  boss.on("error", () => {});
  const close = async () => {
    await boss.stop({ graceful: false }).catch(() => {});
    await embedded?.close();
  };
  try {
    await start(boss, database, schema);
    const periodSeconds = await periodOf(boss, database, schema, name);
    const queue = await openRetryQueue({ ...nobody, database: boss, schema, name, policy: { periodSeconds } });
    return { queue, close: () => queue.stop().finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

const refuse = (): never => {
  throw new Error("The command line sends nothing and settles nothing");
};

function openFolder(folder: string): ReturnType<typeof openEmbedded> {
  const isThere = ["version", "data"].every((entry) => existsSync(join(folder, entry)));
  if (!isThere) throw new Error(`There is no queue in the folder ${resolve(folder)}; for another place use --database`);
  return openEmbedded(folder);
}

async function start(boss: PgBoss, database: string, schema: string): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    const reason = reasonOf(error);
    const place = `schema ${schema} of ${placeOf(database)}`;
    if (/not installed/.test(reason)) throw new Error(`There is no queue in ${place}; for another one use --schema`);
    if (/requires migrations/.test(reason)) {
      const problem = `the tables of pg-boss in ${place} have another version`;
      const advice = "let the program that works on it run with this version first";
      throw new QueueError("foreign-database", `Cannot open the queue: ${problem}; ${advice}`);
    }
    const problem = `${placeOf(database)} cannot be used: ${reason}`;
    throw new QueueError("database-unreachable", `Cannot open the queue: ${problem}`, error);
  }
}

/** Reads the period of the queue, which redriven operations get too. */
async function periodOf(boss: PgBoss, database: string, schema: string, name: string): Promise<number> {
  const where = `There is no queue in schema ${schema} of ${placeOf(database)}`;
  const version = `${schema}.operation_version`;
  const { rows } = await boss.getDb().executeSql("SELECT to_regclass($1) IS NOT NULL AS is_there", [version]);
  if (!rows[0].is_there) throw new Error(`${where}: its pg-boss serves another purpose`);
  const found = await boss.getQueue(`${name}-status`);
  if (found) return Math.max(1, found.retryDelay ?? 1);
  const names = `SELECT DISTINCT queue FROM ${schema}.operation ORDER BY 1 LIMIT 20`;
  const { rows: others } = await boss.getDb().executeSql(names);
  const known = others.length > 0 ? `; there is ${others.map(({ queue }) => queue).join(", ")}` : "";
  throw new Error(`There is no queue ${name} in ${placeOf(database)}${known}`);
}
