import { type Claim, reschedule } from "./job.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer } from "./operation.ts";
import { noteEvent, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { neverSent } from "./settlement.ts";

/**
 * What becomes of claimed jobs that no answer has settled. An attempt is a claim that was not given back: pg-boss counts it
 * before the call leaves, so that a crash never makes more calls than the policy allows (reading B9).
 */
export class Claims {
  readonly #context: QueueContext;
  readonly #ledger: Ledger;

  constructor(context: QueueContext, ledger: Ledger) {
    this.#context = context;
    this.#ledger = ledger;
  }

  /** The oldest first; when there are more than fit, a share of the room is for those of the last 5 minutes. */
  async take(most: number): Promise<Claim[]> {
    const { storage: { boss }, policy, clock } = this.#context;
    const fetch = async (options: { batchSize: number; maxPriority?: number }) => (await boss.fetch(statusQueue(this.#context), options)) as unknown as Claim[];
    const forNewest = Math.floor(most * policy.newestShare);
    const claims = await fetch({ batchSize: most - forNewest });
    if (forNewest === 0 || claims.length < most - forNewest) return claims;
    return [...claims, ...(await fetch({ batchSize: forNewest, maxPriority: -Math.floor(clock.now() / 60_000) + 5 }))];
  }

  /** Settles what is decided, or closes what was not sent: no call of the hub is needed. */
  async runTask(claim: Claim): Promise<void> {
    const { txn_id, task } = claim.data;
    const decision = task === "close" ? neverSent : await this.#ledger.decision(txn_id);
    if (decision) await this.#ledger.settleOrKeep(txn_id, decision, claim);
    else await this.#context.storage.boss.fail(statusQueue(this.#context), [claim], null);
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

  /** Puts back what was asked and not decided: asked again a period later, or `unresolved` when the attempts are used up (reading B8). */
  async keepUndecided(answered: readonly { claim: Claim; answer: Answer; retryAfterMs?: number | undefined }[]): Promise<void> {
    const { storage: { boss }, policy } = this.#context;
    const spent = await this.spent(answered.map(({ claim }) => claim), 1);
    const groups = Map.groupBy(answered.filter(({ claim }) => !spent.has(claim)), ({ answer }) => JSON.stringify(answer));
    for (const [answer, group] of groups) await boss.fail(statusQueue(this.#context), group.map(({ claim }) => claim), JSON.parse(answer));
    for (const { claim, retryAfterMs } of answered) {
      const isLater = retryAfterMs !== undefined && retryAfterMs > policy.periodSeconds * 1000 * (1 - policy.jitter);
      if (isLater && !spent.has(claim)) await reschedule(this.#context, claim.id, claim.data, retryAfterMs / 1000);
    }
    for (const { claim, answer } of answered) if (spent.has(claim)) await this.giveUp(claim, answer);
  }

  /** Counts `TXN_NOT_FOUND` in a row, and gives the transactions for which it is final now (reading B1). */
  async countAbsent(claims: readonly Claim[]): Promise<Set<string>> {
    const { rows } = await this.#context.storage.db.executeSql(
      `UPDATE ${operationTable(this.#context)} o
       SET absent_count = CASE WHEN absent_claim = c.claim - 1 THEN absent_count + 1 ELSE 1 END, absent_claim = c.claim
       FROM unnest($2::text[], $3::int[]) AS c (txn_id, claim)
       WHERE o.queue = $1 AND o.txn_id = c.txn_id AND o.absent_claim < c.claim
       RETURNING o.txn_id, o.absent_count`,
      [this.#context.name, claims.map(({ data }) => data.txn_id), claims.map(({ retryCount }) => retryCount)],
    );
    return new Set(rows.filter((row) => row.absent_count >= this.#context.policy.notFoundAnswers).map((row) => row.txn_id));
  }

  /** Gives claims back that sent nothing: due at once, and no attempt is used up (reading B9). */
  async giveBack(claims: readonly Claim[]): Promise<void> {
    const { name, storage: { boss, transaction } } = this.#context;
    await transaction(async (tx) => {
      await boss.cancel(statusQueue(this.#context), [...claims], { db: tx });
      await boss.resume(statusQueue(this.#context), claims.map(({ id }) => id), { db: tx });
      await tx.executeSql(`UPDATE ${operationTable(this.#context)} SET unsent_claims = unsent_claims + 1 WHERE queue = $1 AND txn_id = ANY($2)`, [
        name, claims.map(({ data }) => data.txn_id),
      ]);
    });
  }

  /** The attempts are used up: kept for a person. */
  async giveUp({ id, data: { txn_id } }: Claim, lastAnswer?: Answer): Promise<void> {
    const { name, policy, storage: { boss, transaction }, emit } = this.#context;
    const isGivenUp = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${operationTable(this.#context)} SET state = 'unresolved', attention = 'unresolved'
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING 1`, [name, txn_id],
      );
      await boss.complete(statusQueue(this.#context), id, null, { db: tx, includeQueued: true });
      if (rows.length === 0) return false;
      await boss.insert(unresolvedQueue(this.#context), [{ id, data: { txn_id } }], { db: tx });
      await noteEvent(this.#context, txn_id, "unresolved", { attempts: policy.attempts, ...lastAnswer }, tx);
      return true;
    });
    if (isGivenUp) emit("unresolved", { txn_id });
  }
}
