import { type Lease, periodSeconds, priorityAt, reschedule, retryAfterMs as limited } from "./job.ts";
import type { OperationStore } from "./operation-store.ts";
import type { RecordedAnswer } from "./operation.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { neverSent } from "./settlement.ts";

/**
 * Leases jobs, and returns those that no answer has settled. An attempt is a lease that was not returned unused: pg-boss counts
 * it before the call leaves, so that a crash never makes more calls than the policy allows (interpretation B9).
 */
export class JobLeases {
  readonly #context: QueueContext;
  readonly #store: OperationStore;

  constructor(context: QueueContext, store: OperationStore) {
    this.#context = context;
    this.#store = store;
  }

  /**
   * Leases due jobs, the oldest first. When more are due than fit, a share of the room is for those of the last 5 minutes.
   * `isAll` means that nothing else is due.
   */
  async take(most: number): Promise<{ leases: Lease[]; isAll: boolean }> {
    const { storage: { boss }, policy, clock } = this.#context;
    const fetch = async (options: { batchSize: number; maxPriority?: number }) =>
      (await boss.fetch(statusQueue(this.#context), options)) as unknown as Lease[];
    const forNewest = Math.floor(most * policy.newestShare);
    const oldest = await fetch({ batchSize: most - forNewest });
    if (oldest.length < most - forNewest) return { leases: oldest, isAll: true };
    if (forNewest === 0) return { leases: oldest, isAll: false };
    const newest = await fetch({ batchSize: forNewest, maxPriority: priorityAt(clock.now()) + 5 });
    return { leases: [...oldest, ...newest], isAll: false };
  }

  /**
   * Returns the leases of processes that have ended. pg-boss would do so too, but it counts every job on the way. `isAlone`
   * means that no other process can hold a lease.
   */
  async returnExpired(isAlone: boolean): Promise<void> {
    const { storage: { boss, db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT id::text AS id, retry_count FROM ${schema}.job
       WHERE name = $1 AND state = 'active' AND ($2 OR started_on + expire_seconds * interval '1s' < ${now(this.#context)}) LIMIT 1000`,
      [statusQueue(this.#context), isAlone],
    );
    if (rows.length === 0) return;
    const expired = rows.map((row) => ({ id: row.id, retryCount: row.retry_count }));
    await boss.fail(statusQueue(this.#context), expired, { outcome: "unknown", reason: "lapsed" });
  }

  /** Settles a decided operation, or closes one that was not sent. It does not call the hub. */
  async runTask(lease: Lease): Promise<void> {
    const { txn_id, task } = lease.data;
    const decision = task === "close" ? neverSent : await this.#store.decision(txn_id);
    if (decision) await this.#store.settleOrKeep(txn_id, decision, lease);
    else {
      await this.#context.storage.boss.fail(statusQueue(this.#context), [lease], null);
      await reschedule(this.#context, lease.id, { txn_id }, periodSeconds(this.#context));
    }
  }

  /** Finds the leases whose operations have no attempt left, if `used` more than the earlier leases count. */
  async spent(leases: readonly Lease[], used: 0 | 1): Promise<Set<Lease>> {
    const { attempts } = this.#context.policy;
    const near = leases.filter(({ retryCount }) => retryCount + used >= attempts);
    if (near.length === 0) return new Set();
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT txn_id, unsent_claims FROM ${operationTable(this.#context)} WHERE queue = $1 AND txn_id = ANY($2)`,
      [this.#context.name, near.map(({ data }) => data.txn_id)],
    );
    const unsent = new Map<string, number>(rows.map((row) => [row.txn_id, row.unsent_claims]));
    const attemptsOf = ({ retryCount, data }: Lease) => retryCount + used - (unsent.get(data.txn_id) ?? 0);
    return new Set(near.filter((lease) => attemptsOf(lease) >= attempts));
  }

  /** Returns leases whose answers decide nothing: the hub is asked again a period later, or the operation is `unresolved` (B8). */
  async keepUndecided(answered: readonly UndecidedAnswer[]): Promise<void> {
    const { storage: { boss }, policy } = this.#context;
    const spent = await this.spent(answered.map(({ lease }) => lease), 1);
    const kept = answered.filter(({ lease }) => !spent.has(lease));
    for (const [answer, group] of Map.groupBy(kept, ({ answer: each }) => JSON.stringify(each))) {
      const leases = group.map(({ lease }) => lease);
      await boss.fail(statusQueue(this.#context), leases, JSON.parse(answer));
    }
    for (const { lease, retryAfterMs: asked } of answered) {
      const retryAfterMs = limited(policy, asked);
      const isLater = retryAfterMs > policy.periodSeconds * 1000 * (1 - policy.jitter);
      if (isLater && !spent.has(lease)) await reschedule(this.#context, lease.id, lease.data, retryAfterMs / 1000);
    }
    for (const { lease, answer } of answered) if (spent.has(lease)) await this.giveUp(lease, answer);
  }

  /** Counts `TXN_NOT_FOUND` in a row, and returns the transactions for which it is final now (interpretation B1). */
  async countAbsent(leases: readonly Lease[]): Promise<Set<string>> {
    const { rows } = await this.#context.storage.db.executeSql(
      `UPDATE ${operationTable(this.#context)} o
       SET absent_count = CASE WHEN absent_claim = c.lease - 1 THEN absent_count + 1 ELSE 1 END,
         absent_claim = c.lease
       FROM unnest($2::text[], $3::int[]) AS c (txn_id, lease)
       WHERE o.queue = $1 AND o.txn_id = c.txn_id AND o.absent_claim < c.lease
         AND EXISTS (${this.#isOurs("o.id", "c.lease", "$4")})
       RETURNING o.txn_id, o.absent_count`,
      [
        this.#context.name,
        leases.map(({ data }) => data.txn_id),
        leases.map(({ retryCount }) => retryCount),
        statusQueue(this.#context),
      ],
    );
    const { notFoundAnswers } = this.#context.policy;
    return new Set(rows.filter((row) => row.absent_count >= notFoundAnswers).map((row) => row.txn_id));
  }

  /** SQL that finds a row while a lease is still the one of its job. */
  #isOurs(id: string, lease: string, queue: string): string {
    return `SELECT 1 FROM ${this.#context.storage.schema}.job j
      WHERE j.name = ${queue} AND j.id = ${id} AND j.state = 'active' AND j.retry_count = ${lease}`;
  }

  /** Schedules settlement of decisions whose job another process held when settling failed. */
  async scheduleDecisions(): Promise<void> {
    const { name, storage: { db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT o.txn_id, o.id::text AS id
       FROM ${operationTable(this.#context)} o JOIN ${schema}.job j ON j.name = $2 AND j.id = o.id
       WHERE o.queue = $1 AND o.decision IS NOT NULL AND j.state IN ('created', 'retry')
         AND j.data->>'task' IS NULL LIMIT 100`,
      [name, statusQueue(this.#context)],
    );
    for (const { txn_id, id } of rows) {
      await reschedule(this.#context, id, { txn_id, task: "settle" }, periodSeconds(this.#context));
    }
  }

  /** Returns leases that sent nothing. Their jobs are due at once, and no attempt is used up (interpretation B9). */
  async returnUnused(leases: readonly Lease[]): Promise<void> {
    const { name, storage: { boss, transaction } } = this.#context;
    await transaction(async (tx) => {
      await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET unsent_claims = unsent_claims + 1
         WHERE queue = $1 AND txn_id = ANY($2)`,
        [name, leases.map(({ data }) => data.txn_id)],
      );
      await boss.cancel(statusQueue(this.#context), [...leases], { db: tx });
      const ids = leases.map(({ id }) => id);
      await boss.resume(statusQueue(this.#context), ids, { db: tx });
    });
  }

  /** Makes an operation without attempts `unresolved`: a person must look. */
  async giveUp(lease: Lease, lastAnswer?: RecordedAnswer): Promise<void> {
    const { id, retryCount, data: { txn_id } } = lease;
    const { name, policy, storage: { boss, transaction }, emit } = this.#context;
    const isGivenUp = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET state = 'unresolved', attention = 'unresolved'
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' AND decision IS NULL
           AND EXISTS (${this.#isOurs("$3::uuid", "$4", "$5")}) RETURNING 1`,
        [name, txn_id, id, retryCount, statusQueue(this.#context)],
      );
      if (rows.length === 0) {
        // Meanwhile settled, decided, or leased by another process.
        await boss.fail(statusQueue(this.#context), [lease], null, { db: tx });
        return false;
      }
      await boss.complete(statusQueue(this.#context), [lease], null, { db: tx });
      await boss.insert(unresolvedQueue(this.#context), [{ id, data: { txn_id } }], { db: tx });
      await noteEvent(this.#context, txn_id, "unresolved", { attempts: policy.attempts, ...lastAnswer }, tx);
      return true;
    });
    if (isGivenUp) emit("unresolved", { txn_id });
  }
}

/** An answer that decides nothing, and the lease under which it was asked for. */
interface UndecidedAnswer {
  lease: Lease;
  answer: RecordedAnswer;
  retryAfterMs?: number | undefined;
}
