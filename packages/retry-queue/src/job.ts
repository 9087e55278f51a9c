import type { Db } from "./database.ts";
import { type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";

/** What a job is to do: ask `/status`, settle what is decided already, or close what was not sent. */
export interface JobData {
  txn_id: string;
  task?: "settle" | "close";
}

/** A claim of the job of an operation, as pg-boss gives it. `retryCount`: how many claims there were before. */
export interface Claim {
  id: string;
  retryCount: number;
  data: JobData;
}

/** Makes the queues of pg-boss. It must neither give an operation up nor delete it: when that is due is decided here. */
export async function makeQueues(context: Pick<QueueContext, "storage" | "policy" | "name">): Promise<void> {
  const { storage: { boss }, policy } = context;
  const options = {
    retryLimit: 2_147_483_647, retryDelay: Math.round(policy.periodSeconds), retentionSeconds: 10 * 365 * 86_400,
    deleteAfterSeconds: 86_400, expireInSeconds: 60,
  };
  for (const queue of [statusQueue(context), unresolvedQueue(context)]) {
    if (await boss.getQueue(queue)) await boss.updateQueue(queue, options);
    else await boss.createQueue(queue, options);
  }
  await cacheQueues(context);
}

/**
 * Makes pg-boss read the queues. It does so at the first use of one otherwise, on a connection of its own: that use would
 * be within a transaction, and PGlite, which has one connection, would wait for itself.
 */
export async function cacheQueues(context: Pick<QueueContext, "storage" | "name">): Promise<void> {
  const nobody = "00000000-0000-0000-0000-000000000000";
  for (const queue of [statusQueue(context), unresolvedQueue(context)]) await context.storage.boss.findJobs(queue, { id: nobody });
}

/** The period of one operation, in seconds: at least 1. */
export function periodSeconds({ policy: { periodSeconds, jitter }, random }: QueueContext): number {
  return Math.max(1, periodSeconds * (1 + jitter * (2 * random() - 1)));
}

/** The minute of a time, as a priority: the oldest come first, and those of the last minutes can be claimed on their own. */
export const priorityAt = (ms: number) => -Math.floor(ms / 60_000);

export async function addJob(context: QueueContext, id: string, data: JobData, startAfterSeconds: number, tx: Db): Promise<void> {
  await context.storage.boss.insert(statusQueue(context), [{
    id, data, startAfter: Math.round(startAfterSeconds),
    retryDelay: Math.round(periodSeconds(context)), priority: priorityAt(context.clock.now()),
  }], { db: tx });
}

/** How long an answer asks to wait, in milliseconds: at most an hour or a period, as a slip there must not end the queue. */
export const retryAfterMs = ({ periodSeconds }: QueueContext["policy"], ms = 0) => Math.min(ms, Math.max(3600, periodSeconds) * 1000);

export async function reschedule(context: QueueContext, id: string, data: JobData, startAfterSeconds: number, db?: Db): Promise<void> {
  await context.storage.boss.update(statusQueue(context), data, { id, startAfter: Math.ceil(startAfterSeconds), ...(db && { db }) });
}
