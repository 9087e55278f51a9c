import {
  addJobs,
  drawPeriodSeconds,
  type Lease,
  limitRetryAfterMs,
  priorityAt,
  reschedule,
} from "../operations/jobs.ts";
import type { OperationReader } from "../operations/operation-reader.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import type { AnswerSummary } from "../operations/operation.ts";
import { type QueueContext, statusQueue } from "../operations/queue-context.ts";
import { statementsIn } from "../storage/statements.ts";

/** A status call that decided nothing. */
export interface UndecidedCall {
  lease: Lease;
  answer: AnswerSummary;
  retryAfterMs?: number | undefined;
}

/** `$1` is the queue of pg-boss, `$2` that of the operations. */
const leaseStatements = {
  findExpired: `SELECT id::text AS id, retry_count FROM :schema.job WHERE name = $1 AND state = 'active'
    AND ($2 OR started_on + expire_seconds * interval '1s' < :schema.job_now()) LIMIT 1000`,

  /** Decisions that wait for their settlement, and whose job would ask the hub. */
  findUnscheduled: `SELECT o.txn_id, o.id::text AS id FROM :schema.operation o
    JOIN :schema.job j ON j.name = $1 AND j.id = o.id
    WHERE o.queue = $2 AND o.decision IS NOT NULL AND j.state IN ('created', 'retry') AND j.data->>'task' IS NULL
    LIMIT 100`,

  /** Open operations without a job. */
  findJobless: `SELECT txn_id, id::text AS id, state, decision IS NOT NULL AS is_decided FROM :schema.operation o
    WHERE queue = $2 AND state IN ('pending', 'not-sent') AND NOT EXISTS (
      SELECT 1 FROM :schema.job j WHERE j.name = $1 AND j.id = o.id AND j.state IN ('created', 'retry', 'active')
    )`,
} as const;

/**
 * Leases the jobs of operations to workers, and ends the leases that no answer has settled. An attempt is a lease that
 * was not released unsent: pg-boss counts it before the call leaves, so that a crash never makes more calls than the
 * policy allows (interpretation B9).
 */
export class JobLeases {
  readonly #context: QueueContext;
  readonly #reader: OperationReader;
  readonly #store: OperationStore;
  readonly #sql: Readonly<Record<keyof typeof leaseStatements, string>>;

  constructor(context: QueueContext, reader: OperationReader, store: OperationStore) {
    this.#context = context;
    this.#reader = reader;
    this.#store = store;
    this.#sql = statementsIn(context.storage.schema, leaseStatements);
  }

  async #find(statement: keyof typeof leaseStatements, value: unknown) {
    const { db } = this.#context.storage;
    return (await db.executeSql(this.#sql[statement], [statusQueue(this.#context), value])).rows;
  }

  /**
   * Leases up to `limit` due jobs, the oldest first. When more jobs are due than fit, `newestShare` of the room is for
   * those of the last 5 minutes. `isAll`: no other job is due.
   */
  async take(limit: number): Promise<{ leases: Lease[]; isAll: boolean }> {
    const {
      storage: { boss },
      policy,
      clock,
    } = this.#context;
    const fetch = async (options: { batchSize: number; maxPriority?: number }) =>
      (await boss.fetch(statusQueue(this.#context), options)) as unknown as Lease[];
    const forNewest = Math.floor(limit * policy.newestShare);
    const oldest = await fetch({ batchSize: limit - forNewest });
    if (oldest.length < limit - forNewest) return { leases: oldest, isAll: true };
    if (forNewest === 0) return { leases: oldest, isAll: false };
    const newest = await fetch({ batchSize: forNewest, maxPriority: priorityAt(clock.now()) + 5 });
    return { leases: [...oldest, ...newest], isAll: false };
  }

  /**
   * Makes jobs due again whose lease has expired because its process ended. pg-boss would do so too, but would count
   * all jobs each time. `isAlone`: no other process can hold a lease, so that all of them count as expired.
   */
  async returnExpired(isAlone: boolean): Promise<void> {
    const rows = await this.#find("findExpired", isAlone);
    if (rows.length === 0) return;
    const expired = rows.map((row) => ({ id: row.id, retryCount: row.retry_count }));
    const output = { outcome: "unknown", reason: "lapsed" };
    await this.#context.storage.boss.fail(statusQueue(this.#context), expired, output);
  }

  /** Finds the leases whose operation has no attempt left, when `used` more than the earlier ones count. */
  async findExhausted(leases: readonly Lease[], used: 0 | 1): Promise<Set<Lease>> {
    const { attempts } = this.#context.policy;
    const near = leases.filter(({ retryCount }) => retryCount + used >= attempts);
    if (near.length === 0) return new Set();
    const unsent = await this.#reader.readUnsent(near.map(({ data }) => data.txn_id));
    const sentBefore = ({ retryCount, data }: Lease) => retryCount - (unsent.get(data.txn_id) ?? 0);
    return new Set(near.filter((lease) => sentBefore(lease) + used >= attempts));
  }

  /**
   * Ends leases after calls that decided nothing: due a period later, or `unresolved` without attempts (interpretation
   * B8).
   */
  async returnUndecided(calls: readonly UndecidedCall[]): Promise<void> {
    const {
      storage: { boss },
      policy,
    } = this.#context;
    const exhausted = await this.findExhausted(
      calls.map(({ lease }) => lease),
      1,
    );
    const open = calls.filter(({ lease }) => !exhausted.has(lease));
    for (const [answer, group] of Map.groupBy(open, (call) => JSON.stringify(call.answer))) {
      const leases = group.map(({ lease }) => lease);
      await boss.fail(statusQueue(this.#context), leases, JSON.parse(answer));
    }
    const shortestPeriodMs = policy.periodSeconds * 1000 * (1 - policy.jitter);
    for (const { lease, retryAfterMs } of open) {
      const waitMs = limitRetryAfterMs(policy, retryAfterMs);
      if (waitMs > shortestPeriodMs) await reschedule(this.#context, lease.id, lease.data, waitMs / 1000);
    }
    for (const { lease, answer } of calls) if (exhausted.has(lease)) await this.giveUp(lease, answer);
  }

  /** Counts `TXN_NOT_FOUND` in a row, and returns the `txn_id`s for which it is final now (interpretation B1). */
  async countAbsent(leases: readonly Lease[]): Promise<Set<string>> {
    const { policy, storage } = this.#context;
    const counts = await this.#store.countAbsent(storage.db, leases);
    return new Set([...counts].filter(([, count]) => count >= policy.notFoundAnswers).map(([txnId]) => txnId));
  }

  /** Schedules settlement of decisions whose job another process held when settling failed. */
  async scheduleSettlements(): Promise<void> {
    for (const { txn_id: txnId, id } of await this.#find("findUnscheduled", this.#context.name)) {
      await reschedule(this.#context, id, { txn_id: txnId, task: "settle" }, drawPeriodSeconds(this.#context));
    }
  }

  /** Adds a job to open operations that have lost theirs, for example after someone purged the queue in a dashboard. */
  async replaceLostJobs(): Promise<void> {
    const { boss, transaction } = this.#context.storage;
    for (const row of await this.#find("findJobless", this.#context.name)) {
      const { txn_id: txnId, id, state, is_decided: isDecided } = row;
      const undecidedTask = state === "not-sent" ? ("close" as const) : undefined;
      const task = isDecided ? ("settle" as const) : undecidedTask;
      const data = { txn_id: txnId, ...(task && { task }) };
      await transaction(async (tx) => {
        await boss.deleteJob(statusQueue(this.#context), id, { db: tx });
        await addJobs(this.#context, [{ id, data, startAfterSeconds: drawPeriodSeconds(this.#context) }], tx);
      });
    }
  }

  /** Releases leases whose call was not sent: due at once, and no attempt is used up (interpretation B9). */
  async releaseUnsent(leases: readonly Lease[]): Promise<void> {
    const { boss, transaction } = this.#context.storage;
    const txnIds = leases.map(({ data }) => data.txn_id);
    const ids = leases.map(({ id }) => id);
    await transaction(async (tx) => {
      await this.#store.countUnsent(tx, txnIds);
      await boss.cancel(statusQueue(this.#context), [...leases], { db: tx });
      await boss.resume(statusQueue(this.#context), ids, { db: tx });
    });
  }

  /** Ends a lease because no attempt is left: the operation is `unresolved` and waits for the operator. */
  async giveUp(lease: Lease, lastAnswer?: AnswerSummary): Promise<void> {
    const {
      policy: { attempts },
      storage: { transaction },
      emit,
    } = this.#context;
    const isGivenUp = await transaction((tx) => this.#store.giveUp(tx, lease, { attempts, ...lastAnswer }));
    if (isGivenUp) emit("unresolved", { txn_id: lease.data.txn_id });
  }
}
