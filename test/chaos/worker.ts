/** A worker: opens the queue, pays what it is told to, asks about what is due, until it is killed or its parent is gone. */
import { openSync, writeSync } from "node:fs";
import { bearer, createClient } from "@codegames/client";
import { openRetryQueue, type Policy, QueueError, type RetryQueue, type Settlement } from "@codegames/retry-queue";
import type { Order } from "./orders.ts";
import { hashOf, sinkTable } from "./sink.ts";

/** What a worker is started with. */
export interface Setting {
  database: string;
  hubUrl: string;
  /** The log of what `pay()` has returned; all workers append to it. */
  acceptedFile: string;
  policy: Partial<Policy>;
}

export type ToWorker = { pay: Order } | { count: true };

/** `failed`: nothing is known of it, and it is to be tried again. `wrong`: this must not happen. */
export type FromWorker =
  | { ready: true } | { unopened: string } | { paid: string; state: string } | { failed: string } | { wrong: string } | { pending: number | undefined } | { settled: string };

await work(JSON.parse(process.argv[2] ?? ""));

async function work({ database, hubUrl, acceptedFile, policy }: Setting): Promise<void> {
  const log = openSync(acceptedFile, "a");
  const queue = await open(database, hubUrl, policy);
  if (!queue) return process.exit(3);
  const end = () => void queue.stop().then(() => process.exit(0));
  if (!process.connected) return end();
  process.once("disconnect", end);
  process.on("message", (message: ToWorker) => void ("pay" in message ? pay(queue, message.pay, log) : count(queue)));
  tell({ ready: true });
}

async function open(database: string, hubUrl: string, policy: Partial<Policy>): Promise<RetryQueue | undefined> {
  const client = createClient({ baseUrl: hubUrl, auth: bearer("sandbox"), timeoutMs: 1000 });
  try {
    const queue = await openRetryQueue({
      client, database, policy,
      async onSettled({ txn_id, operationId, outcome, by, product }: Settlement, tx) {
        if (!database.startsWith("postgres:")) await tx.executeSql(sinkTable);
        const key = product?.productKey?.reveal();
        const values = [txn_id, operationId, outcome, by, key ? hashOf(key) : null, Date.now(), process.pid];
        await tx.executeSql("INSERT INTO sink VALUES ($1, $2, $3, $4, $5, $6, $7)", values);
        if (Math.random() < 0.02) throw new Error("The merchant's books are closed for a moment");
      },
    });
    queue.on("settled", ({ txn_id }) => tell({ settled: txn_id }));
    await queue.start();
    return queue;
  } catch (error) {
    await new Promise((resolve) => process.send?.({ unopened: String(error) } satisfies FromWorker, resolve));
    return undefined;
  }
}

async function pay(queue: RetryQueue, { txn_id, product_id, price }: Order, log: number): Promise<void> {
  try {
    const { state } = await queue.pay({ txn_id, product_id: BigInt(product_id), price });
    writeSync(log, `${JSON.stringify({ txn_id, state, at: Date.now(), pid: process.pid })}\n`);
    tell({ paid: txn_id, state });
  } catch (error) {
    const isWrongUse = error instanceof QueueError && error.code !== "closed";
    tell(isWrongUse ? { wrong: `pay() of ${txn_id} threw ${String(error)}` } : { failed: txn_id });
  }
}

async function count(queue: RetryQueue): Promise<void> {
  const counts = await queue.counts().catch(() => undefined);
  tell({ pending: counts?.pending });
}

/** The parent may be gone. */
function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
