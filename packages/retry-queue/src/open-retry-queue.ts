import { systemClock } from "pg-boss";
import { checkOptions, type RetryQueueOptions } from "./options.ts";
import { readPolicy } from "./policy.ts";
import { RetryQueue } from "./retry-queue.ts";
import { openStorage, type Storage } from "./storage/database.ts";
import { migrate } from "./storage/migrate.ts";

/**
 * Opens the queue: opens its database, and makes its tables or brings them to the version of this package. `pay()`
 * works at once; status calls begin with `start()`. When it rejects, nothing stays open.
 *
 * @example
 *   ```ts
 *   import { bearer, createClient, newTxnId } from "@codegames/client";
 *   import { openRetryQueue } from "@codegames/retry-queue";
 *
 *   const client = createClient({ baseUrl: process.env.PARTNER_URL!, auth: bearer(process.env.PARTNER_TOKEN!) });
 *   const queue = await openRetryQueue({
 *     client,
 *     onSettled({ outcome, product, isKeyMissing }) {
 *       if (outcome !== "succeeded") console.log("give the money back");
 *       else if (isKeyMissing) console.log("ask the hub for the key");
 *       else console.log("deliver", product?.productKey?.reveal());
 *     },
 *   });
 *   await queue.start();
 *   await queue.pay({ product_id: 1234567890n, price: 50000, txn_id: newTxnId() }, { expectsKey: true });
 *   await queue.stop();
 *   ```
 *
 * @throws A {@link QueueError} with code `invalid-option` when an option or a policy value is out of range.
 * @throws A {@link QueueError} with code `database-unreachable` when PostgreSQL does not answer.
 * @throws A {@link QueueError} with code `folder-in-use` when another process or queue has the folder open.
 * @throws A {@link QueueError} with code `foreign-database` when the folder or the schema belongs to a later version or
 *   to something else.
 * @throws A {@link QueueError} with code `migration-failed` when the tables could not be brought to this version.
 */
export function openRetryQueue(options: RetryQueueOptions): Promise<RetryQueue> {
  return openQueue(options, migrate);
}

/** Opens the queue on tables that `prepareTables` makes, or only checks. */
export async function openQueue(
  options: RetryQueueOptions,
  prepareTables: (storage: Storage, isOwnBoss: boolean) => Promise<void>,
): Promise<RetryQueue> {
  checkOptions(options);
  const policy = readPolicy(options.policy);
  const {
    client,
    onSettled,
    database = "./.codegames",
    schema = "codegames",
    name = "hub",
    clock,
    random = Math.random,
  } = options;
  const storage = await openStorage(database, schema, clock);
  try {
    await prepareTables(storage, typeof database === "string");
    const queue = new RetryQueue(client, { storage, name, policy, clock: clock ?? systemClock, random, onSettled });
    await queue.prepare();
    return queue;
  } catch (error) {
    await storage.close();
    throw error;
  }
}
