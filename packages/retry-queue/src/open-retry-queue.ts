import { systemClock } from "pg-boss";
import { openStorage } from "./database.ts";
import { checkOptions, readPolicy, type RetryQueueOptions } from "./options.ts";
import { RetryQueue } from "./retry-queue.ts";
import { makeTables } from "./tables.ts";

/**
 * Opens the queue: its database, and the tables that are not there yet. Nothing is asked before `start()`, and intents are
 * taken at once. Throws a `QueueError`, and leaves nothing open: `invalid-option`, `database-unreachable`, `folder-in-use`,
 * `foreign-database`.
 */
export async function openRetryQueue(options: RetryQueueOptions): Promise<RetryQueue> {
  checkOptions(options);
  const policy = readPolicy(options.policy);
  const { client, onSettled, database = "./.codegames", schema = "codegames", name = "hub", clock, random = Math.random } = options;
  const storage = await openStorage(database, schema, clock);
  try {
    await makeTables(storage, typeof database === "string");
    const queue = new RetryQueue(client, { storage, name, policy, clock: clock ?? systemClock, random, onSettled });
    await queue.prepare();
    return queue;
  } catch (error) {
    await storage.close();
    throw error;
  }
}
