import type { Db } from "../storage/db.ts";
import { type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";

/** A job without a task asks `/status`; `settle` books a stored decision; `close` cancels a pay that was never sent. */
export interface JobData {
  txn_id: string;
  task?: "settle" | "close";
}

/** A worker's hold on the job of an operation for 60 s, as pg-boss returns it. */
export interface Lease {
  /** Id of the job and of the operation. */
  id: string;
  /** How often the job was leased before. */
  retryCount: number;
  data: JobData;
}

/** Makes the queues of pg-boss. It must neither give up nor delete a job itself: this package decides when. */
export async function makeQueues(context: Pick<QueueContext, "storage" | "policy" | "name">): Promise<void> {
  const {
    storage: { boss },
    policy,
  } = context;
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
 * Makes pg-boss cache the queues. Otherwise it reads a queue at its first use, on its own connection: inside a
 * transaction, PGlite, which has one connection, would wait for itself.
 */
export async function cacheQueues(context: Pick<QueueContext, "storage" | "name">): Promise<void> {
  const unusedId = "00000000-0000-0000-0000-000000000000";
  for (const queue of [statusQueue(context), unresolvedQueue(context)]) {
    await context.storage.boss.findJobs(queue, { id: unusedId });
  }
}

/** Draws the period of one operation, with its jitter, in seconds: at least 1. */
export function drawPeriodSeconds({ policy: { periodSeconds, jitter }, random }: QueueContext): number {
  return Math.max(1, periodSeconds * (1 + jitter * (2 * random() - 1)));
}

/** Draws when a pay that leaves now has an answer or needs a status call: the time that it can take, and one period. */
export const drawPayAndPeriodSeconds = (context: QueueContext) =>
  context.policy.payTimeoutSeconds + drawPeriodSeconds(context);

/** Priority by the minute of a time: the oldest jobs come first, and the newest can be leased separately. */
export const priorityAt = (ms: number) => -Math.floor(ms / 60_000);

/** A job that an operation needs. */
export interface NewJob {
  id: string;
  data: JobData;
  startAfterSeconds: number;
}

export async function addJobs(context: QueueContext, jobs: readonly NewJob[], tx: Db): Promise<void> {
  if (jobs.length === 0) return;
  const priority = priorityAt(context.clock.now());
  await context.storage.boss.insert(
    statusQueue(context),
    jobs.map(({ id, data, startAfterSeconds }) => ({
      id,
      data,
      startAfter: Math.round(startAfterSeconds),
      retryDelay: Math.round(drawPeriodSeconds(context)),
      priority,
    })),
    { db: tx },
  );
}

/** Limits a `Retry-After` to one hour, or to one period if that is longer: a hub's mistake must not stop the queue. */
export const limitRetryAfterMs = ({ periodSeconds }: QueueContext["policy"], retryAfterMs = 0) =>
  Math.min(retryAfterMs, Math.max(3600, periodSeconds) * 1000);

export async function reschedule(
  context: QueueContext,
  id: string,
  data: JobData,
  startAfterSeconds: number,
  db?: Db,
): Promise<void> {
  const options = { id, startAfter: Math.ceil(startAfterSeconds), ...(db && { db }) };
  await context.storage.boss.update(statusQueue(context), data, options);
}
