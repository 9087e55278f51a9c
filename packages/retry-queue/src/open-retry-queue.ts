import { systemClock } from "pg-boss";
import { openStorage } from "./database.ts";
import { checkOptions, readPolicy, type RetryQueueOptions } from "./options.ts";
import { RetryQueue } from "./retry-queue.ts";
import { makeTables } from "./tables.ts";

/**
 * Opens a queue: its database, and the tables that do not exist yet. You can `pay()` at once; the hub is asked about open
 * operations only after `start()`.
 *
 * @example
 * ```ts
 * import { bearer, createClient, newTxnId } from "@codegames/client";
 * import { openRetryQueue } from "@codegames/retry-queue";
 *
 * const client = createClient({ baseUrl: process.env.PARTNER_URL!, auth: bearer(process.env.PARTNER_TOKEN!) });
 * const queue = await openRetryQueue({
 *   client,
 *   onSettled: ({ txn_id, outcome }) => console.log(outcome === "succeeded" ? "deliver" : "refund", txn_id),
 * });
 * await queue.start();
 * const { state } = await queue.pay({ product_id: 1n, price: 50000, txn_id: newTxnId() });
 * console.log(state); // succeeded; or pending, and the queue asks status until it knows
 * await queue.stop();
 * ```
 *
 * @throws A {@link QueueError}, and leaves nothing open: `invalid-option`, `database-unreachable`, `folder-in-use`,
 *   `foreign-database`.
 */
export async function openRetryQueue(options: RetryQueueOptions): Promise<RetryQueue> {
  checkOptions(options);
  const policy = readPolicy(options.policy);
  const { client, onSettled, database = "./.codegames", schema = "codegames", name = "hub", clock } = options;
  const { random = Math.random } = options;
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
