import { type Claim, periodSeconds, priorityAt, reschedule, retryAfterMs as limited } from "./job.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer } from "./operation.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { neverSent } from "./settlement.ts";

/**
 * What becomes of claimed jobs that no answer has settled. An attempt is a claim that was not given back: pg-boss counts it
 * before the call leaves, so that a crash never makes more calls than the policy allows (interpretation B9).
 */
export class Claims {
  readonly #context: QueueContext;
  readonly #ledger: Ledger;

  constructor(context: QueueContext, ledger: Ledger) {
    this.#context = context;
    this.#ledger = ledger;
  }

  /**
   * Claims what is due, the oldest first; when there is more than fits, a share of the room is for those of the last
   * 5 minutes. `isAll`: nothing else is due.
   */
  async take(most: number): Promise<{ claims: Claim[]; isAll: boolean }> {
    const { storage: { boss }, policy, clock } = this.#context;
    const fetch = async (options: { batchSize: number; maxPriority?: number }) => (await boss.fetch(statusQueue(this.#context), options)) as unknown as Claim[];
    const forNewest = Math.floor(most * policy.newestShare);
    const oldest = await fetch({ batchSize: most - forNewest });
    if (oldest.length < most - forNewest) return { claims: oldest, isAll: true };
    if (forNewest === 0) return { claims: oldest, isAll: false };
    const newest = await fetch({ batchSize: forNewest, maxPriority: priorityAt(clock.now()) + 5 });
    return { claims: [...oldest, ...newest], isAll: false };
  }

  /**
   * Puts back what was claimed by processes that have ended since: pg-boss would do so too, and count every job that there
   * is on the way. `isAlone`: no other process can have a claim.
   */
  async returnLapsed(isAlone: boolean): Promise<void> {
    const { storage: { boss, db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT id::text AS id, retry_count FROM ${schema}.job
       WHERE name = $1 AND state = 'active' AND ($2 OR started_on + expire_seconds * interval '1s' < ${now(this.#context)}) LIMIT 1000`,
      [statusQueue(this.#context), isAlone],
    );
    if (rows.length > 0) await boss.fail(statusQueue(this.#context), rows.map((row) => ({ id: row.id, retryCount: row.retry_count })), { outcome: "unknown", reason: "lapsed" });
  }

  /** Settles what is decided, or closes what was not sent: no call of the hub is needed. */
  async runTask(claim: Claim): Promise<void> {
    const { txn_id, task } = claim.data;
    const decision = task === "close" ? neverSent : await this.#ledger.decision(txn_id);
    if (decision) await this.#ledger.settleOrKeep(txn_id, decision, claim);
    else {
      await this.#context.storage.boss.fail(statusQueue(this.#context), [claim], null);
      await reschedule(this.#context, claim.id, { txn_id }, periodSeconds(this.#context));
    }
  }

  /** Which of these have used all attempts up, if `used` more than the earlier claims are counted. */
  async spent(claims: readonly Claim[], used: 0 | 1): Promise<Set<Claim>> {
    const { attempts } = this.#context.policy;
    const near = claims.filter(({ retryCount }) => retryCount + used >= attempts);
    if (near.length === 0) return new Set();
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT txn_id, unsent_claims FROM ${operationTable(this.#context)} WHERE queue = $1 AND txn_id = ANY($2)`,
      [this.#context.name, near.map(({ data }) => data.txn_id)],
    );
    const unsent = new Map<string, number>(rows.map((row) => [row.txn_id, row.unsent_claims]));
    return new Set(near.filter(({ retryCount, data }) => retryCount + used - (unsent.get(data.txn_id) ?? 0) >= attempts));
  }

  /** Puts back what was asked and not decided: asked again a period later, or `unresolved` when the attempts are used up (interpretation B8). */
  async keepUndecided(answered: readonly { claim: Claim; answer: Answer; retryAfterMs?: number | undefined }[]): Promise<void> {
    const { storage: { boss }, policy } = this.#context;
    const spent = await this.spent(answered.map(({ claim }) => claim), 1);
    const groups = Map.groupBy(answered.filter(({ claim }) => !spent.has(claim)), ({ answer }) => JSON.stringify(answer));
    for (const [answer, group] of groups) await boss.fail(statusQueue(this.#context), group.map(({ claim }) => claim), JSON.parse(answer));
    for (const { claim, retryAfterMs: asked } of answered) {
      const retryAfterMs = limited(policy, asked);
      const isLater = retryAfterMs > policy.periodSeconds * 1000 * (1 - policy.jitter);
      if (isLater && !spent.has(claim)) await reschedule(this.#context, claim.id, claim.data, retryAfterMs / 1000);
    }
    for (const { claim, answer } of answered) if (spent.has(claim)) await this.giveUp(claim, answer);
  }

  /** Counts `TXN_NOT_FOUND` in a row, and gives the transactions for which it is final now (interpretation B1). */
  async countAbsent(claims: readonly Claim[]): Promise<Set<string>> {
    const { rows } = await this.#context.storage.db.executeSql(
      `UPDATE ${operationTable(this.#context)} o
       SET absent_count = CASE WHEN absent_claim = c.claim - 1 THEN absent_count + 1 ELSE 1 END, absent_claim = c.claim
       FROM unnest($2::text[], $3::int[]) AS c (txn_id, claim)
       WHERE o.queue = $1 AND o.txn_id = c.txn_id AND o.absent_claim < c.claim AND EXISTS (${this.#isOurs("o.id", "c.claim", "$4")})
       RETURNING o.txn_id, o.absent_count`,
      [this.#context.name, claims.map(({ data }) => data.txn_id), claims.map(({ retryCount }) => retryCount), statusQueue(this.#context)],
    );
    return new Set(rows.filter((row) => row.absent_count >= this.#context.policy.notFoundAnswers).map((row) => row.txn_id));
  }

  /** A query for whether a claim is still the one of its job. */
  #isOurs(id: string, claim: string, queue: string): string {
    return `SELECT 1 FROM ${this.#context.storage.schema}.job j WHERE j.name = ${queue} AND j.id = ${id} AND j.state = 'active' AND j.retry_count = ${claim}`;
  }

  /** Has decisions settled whose job was in other hands as their settlement failed. */
  async rememberDecisions(): Promise<void> {
    const { name, storage: { db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT o.txn_id, o.id::text AS id FROM ${operationTable(this.#context)} o JOIN ${schema}.job j ON j.name = $2 AND j.id = o.id
       WHERE o.queue = $1 AND o.decision IS NOT NULL AND j.state IN ('created', 'retry') AND j.data->>'task' IS NULL LIMIT 100`, [name, statusQueue(this.#context)],
    );
    for (const { txn_id, id } of rows) await reschedule(this.#context, id, { txn_id, task: "settle" }, periodSeconds(this.#context));
  }

  /** Gives claims back that sent nothing: due at once, and no attempt is used up (interpretation B9). */
  async giveBack(claims: readonly Claim[]): Promise<void> {
    const { name, storage: { boss, transaction } } = this.#context;
    await transaction(async (tx) => {
      await tx.executeSql(`UPDATE ${operationTable(this.#context)} SET unsent_claims = unsent_claims + 1 WHERE queue = $1 AND txn_id = ANY($2)`, [
        name, claims.map(({ data }) => data.txn_id),
      ]);
      await boss.cancel(statusQueue(this.#context), [...claims], { db: tx });
      await boss.resume(statusQueue(this.#context), claims.map(({ id }) => id), { db: tx });
    });
  }

  /** The attempts are used up: kept for a person. */
  async giveUp(claim: Claim, lastAnswer?: Answer): Promise<void> {
    const { id, retryCount, data: { txn_id } } = claim;
    const { name, policy, storage: { boss, transaction }, emit } = this.#context;
    const isGivenUp = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET state = 'unresolved', attention = 'unresolved'
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' AND decision IS NULL AND EXISTS (${this.#isOurs("$3::uuid", "$4", "$5")}) RETURNING 1`,
        [name, txn_id, id, retryCount, statusQueue(this.#context)],
      );
      if (rows.length === 0) {
        // Settled, decided, or claimed by another one meanwhile.
        await boss.fail(statusQueue(this.#context), [claim], null, { db: tx });
        return false;
      }
      await boss.complete(statusQueue(this.#context), [claim], null, { db: tx });
      await boss.insert(unresolvedQueue(this.#context), [{ id, data: { txn_id } }], { db: tx });
      await noteEvent(this.#context, txn_id, "unresolved", { attempts: policy.attempts, ...lastAnswer }, tx);
      return true;
    });
    if (isGivenUp) emit("unresolved", { txn_id });
  }
}
