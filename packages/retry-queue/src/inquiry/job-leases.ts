import { drawPeriodSeconds, type Lease, limitRetryAfterMs, priorityAt, reschedule } from "../operations/jobs.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import type { AnswerSummary } from "../operations/operation.ts";
import {
  noteEvent,
  nowSql,
  operationTable,
  type QueueContext,
  statusQueue,
  unresolvedQueue,
} from "../operations/queue-context.ts";
import { neverSent } from "../operations/settlement.ts";

/** A status call that decided nothing. */
export interface UndecidedCall {
  lease: Lease;
  answer: AnswerSummary;
  retryAfterMs?: number | undefined;
}

/**
 * Leases the jobs of operations to workers, and ends the leases that no answer has settled. An attempt is a lease that
 * was not released unsent: pg-boss counts it before the call leaves, so that a crash never makes more calls than the
 * policy allows (interpretation B9).
 */
export class JobLeases {
  readonly #context: QueueContext;
  readonly #store: OperationStore;

  constructor(context: QueueContext, store: OperationStore) {
    this.#context = context;
    this.#store = store;
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
    const {
      storage: { boss, db, schema },
    } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT id::text AS id, retry_count FROM ${schema}.job WHERE name = $1 AND state = 'active'
       AND ($2 OR started_on + expire_seconds * interval '1s' < ${nowSql(this.#context)}) LIMIT 1000`,
      [statusQueue(this.#context), isAlone],
    );
    if (rows.length === 0) return;
    const expired = rows.map((row) => ({ id: row.id, retryCount: row.retry_count }));
    await boss.fail(statusQueue(this.#context), expired, { outcome: "unknown", reason: "lapsed" });
  }

  /** Settles a stored decision, or closes a pay that was never sent; neither needs a call of the hub. */
  async runTask(lease: Lease): Promise<void> {
    const { txn_id: txnId, task } = lease.data;
    const decision = task === "close" ? neverSent : await this.#store.findDecision(txnId);
    if (decision) {
      await this.#store.settleOrKeep(txnId, decision, lease);
      return;
    }
    await this.#context.storage.boss.fail(statusQueue(this.#context), [lease], null);
    await reschedule(this.#context, lease.id, { txn_id: txnId }, drawPeriodSeconds(this.#context));
  }

  /** Finds the leases whose operation has no attempt left, when `used` more than the earlier ones count. */
  async findExhausted(leases: readonly Lease[], used: 0 | 1): Promise<Set<Lease>> {
    const {
      name,
      policy: { attempts },
      storage: { db },
    } = this.#context;
    const near = leases.filter(({ retryCount }) => retryCount + used >= attempts);
    if (near.length === 0) return new Set();
    const { rows } = await db.executeSql(
      `SELECT txn_id, unsent_claims FROM ${operationTable(this.#context)} WHERE queue = $1 AND txn_id = ANY($2)`,
      [name, near.map(({ data }) => data.txn_id)],
    );
    const unsent = new Map<string, number>(rows.map((row) => [row.txn_id, row.unsent_claims]));
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
      await boss.fail(
        statusQueue(this.#context),
        group.map(({ lease }) => lease),
        JSON.parse(answer),
      );
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
    const {
      name,
      policy,
      storage: { db },
    } = this.#context;
    const { rows } = await db.executeSql(
      `UPDATE ${operationTable(this.#context)} o SET absent_claim = l.lease,
         absent_count = CASE WHEN absent_claim = l.lease - 1 THEN absent_count + 1 ELSE 1 END
       FROM unnest($2::text[], $3::int[]) AS l (txn_id, lease)
       WHERE o.queue = $1 AND o.txn_id = l.txn_id AND o.absent_claim < l.lease
         AND EXISTS (${this.#isHeldSql("o.id", "l.lease", "$4")})
       RETURNING o.txn_id, o.absent_count`,
      [
        name,
        leases.map(({ data }) => data.txn_id),
        leases.map(({ retryCount }) => retryCount),
        statusQueue(this.#context),
      ],
    );
    return new Set(rows.filter((row) => row.absent_count >= policy.notFoundAnswers).map((row) => row.txn_id));
  }

  /** A query that returns a row while a lease is the current one of its job. */
  #isHeldSql(id: string, lease: string, queue: string): string {
    return `SELECT 1 FROM ${this.#context.storage.schema}.job j
      WHERE j.name = ${queue} AND j.id = ${id} AND j.state = 'active' AND j.retry_count = ${lease}`;
  }

  /** Schedules settlement of decisions whose job another process held when settling failed. */
  async scheduleSettlements(): Promise<void> {
    const {
      name,
      storage: { db, schema },
    } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT o.txn_id, o.id::text AS id FROM ${operationTable(this.#context)} o
       JOIN ${schema}.job j ON j.name = $2 AND j.id = o.id
       WHERE o.queue = $1 AND o.decision IS NOT NULL AND j.state IN ('created', 'retry') AND j.data->>'task' IS NULL
       LIMIT 100`,
      [name, statusQueue(this.#context)],
    );
    for (const { txn_id: txnId, id } of rows) {
      await reschedule(this.#context, id, { txn_id: txnId, task: "settle" }, drawPeriodSeconds(this.#context));
    }
  }

  /** Releases leases whose call was not sent: due at once, and no attempt is used up (interpretation B9). */
  async releaseUnsent(leases: readonly Lease[]): Promise<void> {
    const {
      name,
      storage: { boss, transaction },
    } = this.#context;
    await transaction(async (tx) => {
      await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET unsent_claims = unsent_claims + 1
         WHERE queue = $1 AND txn_id = ANY($2)`,
        [name, leases.map(({ data }) => data.txn_id)],
      );
      await boss.cancel(statusQueue(this.#context), [...leases], { db: tx });
      await boss.resume(
        statusQueue(this.#context),
        leases.map(({ id }) => id),
        { db: tx },
      );
    });
  }

  /** Ends a lease because no attempt is left: the operation is `unresolved` and waits for the operator. */
  async giveUp(lease: Lease, lastAnswer?: AnswerSummary): Promise<void> {
    const {
      id,
      retryCount,
      data: { txn_id: txnId },
    } = lease;
    const {
      name,
      policy,
      storage: { boss, transaction },
      emit,
    } = this.#context;
    const isGivenUp = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET state = 'unresolved', attention = 'unresolved'
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' AND decision IS NULL
           AND EXISTS (${this.#isHeldSql("$3::uuid", "$4", "$5")}) RETURNING 1`,
        [name, txnId, id, retryCount, statusQueue(this.#context)],
      );
      if (rows.length === 0) {
        // It was settled or decided meanwhile, or another worker has leased it.
        await boss.fail(statusQueue(this.#context), [lease], null, { db: tx });
        return false;
      }
      await boss.complete(statusQueue(this.#context), [lease], null, { db: tx });
      await boss.insert(unresolvedQueue(this.#context), [{ id, data: { txn_id: txnId } }], { db: tx });
      await noteEvent(this.#context, txnId, "unresolved", { attempts: policy.attempts, ...lastAnswer }, tx);
      return true;
    });
    if (isGivenUp) emit("unresolved", { txn_id: txnId });
  }
}
