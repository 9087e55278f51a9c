/**
 * A worker process: opens the queue, pays the orders that it receives, and runs the queue until it is killed or
 * orphaned.
 */
import { openSync, writeSync } from "node:fs";
import { bearer, createClient } from "@codegames/client";
import { isQueueError, openRetryQueue, type Policy, type RetryQueue, type Settlement } from "@codegames/retry-queue";
import type { Order } from "./orders.ts";
import { hashOf, sinkTable } from "./sink.ts";

/** The argument of a worker process, as JSON. */
export interface WorkerOptions {
  database: string;
  hubUrl: string;
  /** The log of the `pay()` calls that returned; all workers append to it. */
  acceptedFile: string;
  policy: Partial<Policy>;
}

export type ToWorker = { pay: Order } | { count: true };

/** `failed`: the outcome of this order is not known, and it is tried again. `error`: this must not happen. */
export type FromWorker =
  | { ready: true }
  | { unopened: string }
  | { paid: string; state: string }
  | { failed: string }
  | { error: string }
  | { pending: number | undefined }
  | { settled: string };

await work(JSON.parse(process.argv[2] ?? ""));

async function work({ database, hubUrl, acceptedFile, policy }: WorkerOptions): Promise<void> {
  const log = openSync(acceptedFile, "a");
  const queue = await open(database, hubUrl, policy);
  if (!queue) return process.exit(3);
  const end = () => void queue.stop().then(() => process.exit(0));
  if (!process.connected) return end();
  process.once("disconnect", end);
  process.on("message", (message: ToWorker) => void ("pay" in message ? pay(queue, message.pay, log) : count(queue)));
  send({ ready: true });
}

async function open(database: string, hubUrl: string, policy: Partial<Policy>): Promise<RetryQueue | undefined> {
  const client = createClient({ baseUrl: hubUrl, auth: bearer("sandbox"), timeoutMs: 1000 });
  try {
    const queue = await openRetryQueue({
      client,
      database,
      policy,
      async onSettled({ txn_id: txnId, operationId, outcome, by, product }: Settlement, tx) {
        if (!database.startsWith("postgres:")) await tx.executeSql(sinkTable);
        const key = product?.productKey?.reveal();
        const values = [txnId, operationId, outcome, by, key ? hashOf(key) : null, Date.now(), process.pid];
        await tx.executeSql("INSERT INTO sink VALUES ($1, $2, $3, $4, $5, $6, $7)", values);
        if (Math.random() < 0.02) throw new Error("onSettled fails by chance");
      },
    });
    queue.on("settled", ({ txn_id: settled }) => send({ settled }));
    await queue.start();
    return queue;
  } catch (error) {
    await new Promise((resolve) => process.send?.({ unopened: String(error) } satisfies FromWorker, resolve));
    return undefined;
  }
}

async function pay(queue: RetryQueue, order: Order, log: number): Promise<void> {
  const { txn_id, product_id, price } = order;
  try {
    const { state } = await queue.pay({ txn_id, product_id: BigInt(product_id), price });
    writeSync(log, `${JSON.stringify({ txn_id, state, at: Date.now(), pid: process.pid })}\n`);
    send({ paid: txn_id, state });
  } catch (error) {
    const isWrongUse = isQueueError(error) && error.code !== "closed";
    send(isWrongUse ? { error: `pay() of ${txn_id} threw ${String(error)}` } : { failed: txn_id });
  }
}

async function count(queue: RetryQueue): Promise<void> {
  const counts = await queue.counts().catch(() => undefined);
  send({ pending: counts?.pending });
}

/** Sends a message unless the parent has gone. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
