import type { Db } from "./db.ts";
import { type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";

/** The task of a job: ask `/status` by default, settle a decided operation, or close one that was not sent. */
export interface JobData {
  txn_id: string;
  task?: "settle" | "close";
}

/** What a worker holds: a job that pg-boss has fetched for it. `retryCount` is the number of leases before this one. */
export interface Lease {
  id: string;
  retryCount: number;
  data: JobData;
}

/** Creates the queues of pg-boss, so that pg-boss itself neither gives an operation up nor deletes it. */
export async function makeQueues(context: Pick<QueueContext, "storage" | "policy" | "name">): Promise<void> {
  const { storage: { boss }, policy } = context;
  const options = {
    retryLimit: 2_147_483_647,
    retryDelay: Math.round(policy.periodSeconds),
    retentionSeconds: 10 * 365 * 86_400,
    deleteAfterSeconds: 86_400,
    expireInSeconds: 60,
  };
  for (const queue of [statusQueue(context), unresolvedQueue(context)]) {
    if (await boss.getQueue(queue)) await boss.updateQueue(queue, options);
    else await boss.createQueue(queue, options);
  }
  await cacheQueues(context);
}

/**
 * Makes pg-boss read the queues now. Otherwise it reads a queue at its first use, on another connection. That use would be
 * inside a transaction, and PGlite, which has one connection, would wait for itself.
 */
export async function cacheQueues(context: Pick<QueueContext, "storage" | "name">): Promise<void> {
  const nobody = "00000000-0000-0000-0000-000000000000";
  for (const queue of [statusQueue(context), unresolvedQueue(context)]) {
    await context.storage.boss.findJobs(queue, { id: nobody });
  }
}

/** Picks the period of one operation, in seconds: `periodSeconds` with jitter, at least 1. */
export function periodSeconds({ policy: { periodSeconds, jitter }, random }: QueueContext): number {
  return Math.max(1, periodSeconds * (1 + jitter * (2 * random() - 1)));
}

/** Turns a time into a priority, by the minute: the oldest come first, and those of the last minutes can be leased alone. */
export const priorityAt = (ms: number) => -Math.floor(ms / 60_000);

/** Adds the job of an operation, due after a delay. */
export async function addJob(
  context: QueueContext,
  id: string,
  data: JobData,
  startAfterSeconds: number,
  tx: Db,
): Promise<void> {
  const job = {
    id,
    data,
    startAfter: Math.round(startAfterSeconds),
    retryDelay: Math.round(periodSeconds(context)),
    priority: priorityAt(context.clock.now()),
  };
  await context.storage.boss.insert(statusQueue(context), [job], { db: tx });
}

/** Limits the wait that an answer asks for to an hour or a period: a mistake there must not stop the queue. */
export const retryAfterMs = ({ periodSeconds }: QueueContext["policy"], ms = 0) =>
  Math.min(ms, Math.max(3600, periodSeconds) * 1000);

/** Changes the task and the time of a waiting job. */
export async function reschedule(
  context: QueueContext,
  id: string,
  data: JobData,
  startAfterSeconds: number,
  db?: Db,
): Promise<void> {
  const startAfter = Math.ceil(startAfterSeconds);
  await context.storage.boss.update(statusQueue(context), data, { id, startAfter, ...(db && { db }) });
}
