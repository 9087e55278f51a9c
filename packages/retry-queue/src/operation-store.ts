import type { PayResult } from "@codegames/client";
import { v5 as uuidv5 } from "uuid";
import type { Db } from "./db.ts";
import { addJob, type Lease, periodSeconds, reschedule, retryAfterMs } from "./job.ts";
import { operationColumns, type OperationRow, recordAnswer, requestOf, storedSettlement } from "./operation.ts";
import { withoutSecrets } from "./redact.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { type Decision, lacksKey, type Settlement, withoutProduct } from "./settlement.ts";

/** Namespace of operation ids (UUID version 5). */
const namespace = "0f1c7b0e-5f0a-4d3e-9c55-6f2b7f0a1d11";

/**
 * The table of operations, and one pg-boss job per open operation. Every change of both is one transaction, and no
 * transaction calls the hub.
 */
export class OperationStore {
  readonly #context: QueueContext;
  /** Decisions that could not be settled yet, with their products, which are stored nowhere else. */
  readonly #held = new Map<string, Decision>();

  constructor(context: QueueContext) {
    this.#context = context;
  }

  get #table() {
    return operationTable(this.#context);
  }

  /** Derives an operation's id from queue and transaction, so that the primary key refuses a second job. */
  idOf(txnId: string): string {
    return uuidv5(`${this.#context.name}\n${txnId}`, namespace);
  }

  async row(txnId: string, db: Db = this.#context.storage.db): Promise<OperationRow | undefined> {
    const { rows } = await db.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND txn_id = $2`,
      [this.#context.name, txnId],
    );
    return rows[0];
  }

  /**
   * Adds an operation and its job, in the caller's transaction or in one of its own. Returns undefined, or the row that was
   * there before. The job is due after `payTimeoutSeconds` plus one period.
   */
  async add(
    txnId: string,
    request: string | undefined,
    expectsKey: boolean | undefined,
    db?: Db,
  ): Promise<OperationRow | undefined> {
    const { name, storage, policy } = this.#context;
    const id = this.idOf(txnId);
    const add = async (tx: Db) => {
      const { rows } = await tx.executeSql(
        `INSERT INTO ${this.#table} (queue, txn_id, id, request, expects_key, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', ${now(this.#context)}) ON CONFLICT DO NOTHING RETURNING 1`,
        [name, txnId, id, request ?? null, expectsKey ?? null],
      );
      if (rows.length === 0) return false;
      await addJob(this.#context, id, { txn_id: txnId }, policy.payTimeoutSeconds + periodSeconds(this.#context), tx);
      return true;
    };
    const isAdded = await (db ? add(db) : storage.transaction(add));
    return isAdded ? undefined : this.row(txnId, db);
  }

  /** Makes an operation that was not sent `pending` again. Of many calls at once, one succeeds. */
  async reopen({ id, txn_id }: OperationRow): Promise<boolean> {
    const { name, storage, policy } = this.#context;
    return storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET state = 'pending', decision = NULL
         WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent' RETURNING 1`,
        [name, txn_id],
      );
      if (rows.length === 0) return false;
      await reschedule(this.#context, id, { txn_id }, policy.payTimeoutSeconds + periodSeconds(this.#context), tx);
      return true;
    });
  }

  /** Records an answer to a pay that decides nothing. The first `/status` follows one period later. */
  async keepOpen(txnId: string, result: PayResult): Promise<void> {
    const isSent = result.outcome !== "not-sent";
    const asked = "retryAfterMs" in result ? result.retryAfterMs : 0;
    const retryAfterSeconds = retryAfterMs(this.#context.policy, asked) / 1000;
    const delaySeconds = Math.max(periodSeconds(this.#context), retryAfterSeconds);
    await this.#context.storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET answer = $3::jsonb, state = $4
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING id::text AS id`,
        [this.#context.name, txnId, JSON.stringify(recordAnswer(result)), isSent ? "pending" : "not-sent"],
      );
      if (rows.length === 0) return;
      const data = { txn_id: txnId, ...(!isSent && { task: "close" as const }) };
      await reschedule(this.#context, rows[0].id, data, delaySeconds, tx);
    });
  }

  /**
   * Settles an operation: compare-and-set of its state, `onSettled` and the end of its job are one transaction. A settled
   * operation stays as it is, and an answer that contradicts it is a conflict. If this throws, nothing has changed.
   */
  async settle(txnId: string, decision: Decision, lease?: Lease): Promise<Settlement | undefined> {
    const { name, storage: { boss, transaction }, onSettled, emit } = this.#context;
    const from = decision.by === "not-sent" ? ["not-sent"] : ["pending", "unresolved", "not-sent"];
    const settlement = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `SELECT ${operationColumns} FROM ${this.#table}
         WHERE queue = $1 AND txn_id = $2 AND state = ANY($3) FOR UPDATE`,
        [name, txnId, from],
      );
      const row: OperationRow | undefined = rows[0];
      if (!row) return undefined;
      // The first decision counts, even while its settlement is pending. A contrary one is recorded below.
      const isContrary = row.decision !== null && isSold(row.decision) !== isSold(decision);
      const made = settlementOf(row, isContrary ? { ...decisionOf(row.decision), product: undefined } : decision);
      const { outcome, by, status, isKeyMissing } = made;
      const stored = storedSettlement({ ...made, partner_txn_id: storable(made.partner_txn_id) });
      const answer = by === "pay" ? JSON.stringify({ outcome, status }) : null;
      await tx.executeSql(
        `UPDATE ${this.#table}
         SET state = $3, attention = $4, settlement = $5::jsonb, decision = NULL,
           settled_at = ${now(this.#context)}, answer = COALESCE(answer, $6::jsonb)
         WHERE queue = $1 AND txn_id = $2`,
        [name, txnId, outcome, isKeyMissing ? "key-missing" : null, stored, answer],
      );
      await onSettled(made, tx);
      await boss.complete(statusQueue(this.#context), row.id, null, { db: tx, includeQueued: true });
      if (row.state === "unresolved") await boss.deleteJob(unresolvedQueue(this.#context), row.id, { db: tx });
      return made;
    });
    this.#held.delete(txnId);
    if (settlement) {
      emit("settled", settlement);
      if (settlement.isKeyMissing) emit("key-missing", settlement);
    }
    if (!settlement || isSold(settlement) !== isSold(decision)) await this.#compare(txnId, decision, lease);
    return settlement;
  }

  /** Handles an answer that could not settle its operation: ask again, or note a conflict. */
  async #compare(txnId: string, decision: Decision, lease: Lease | undefined): Promise<void> {
    const { name, storage: { boss, transaction }, emit } = this.#context;
    const row = await this.row(txnId);
    if (!row) return;
    if (row.settlement === null) {
      // It was about to be closed as never sent, but `pay()` has sent it meanwhile.
      if (lease) await boss.fail(statusQueue(this.#context), [lease], null);
      const delaySeconds = this.#context.policy.payTimeoutSeconds + periodSeconds(this.#context);
      return reschedule(this.#context, row.id, { txn_id: txnId }, delaySeconds);
    }
    await boss.complete(statusQueue(this.#context), row.id, null, { includeQueued: true });
    if (isSold(row.settlement) === isSold(decision)) return;
    const conflict = { settled: row.settlement.outcome, answered: decision.outcome };
    const isNew = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET attention = 'conflict'
         WHERE queue = $1 AND txn_id = $2 AND attention IS DISTINCT FROM 'conflict' RETURNING 1`,
        [name, txnId],
      );
      if (rows.length === 0) return false;
      const { by, status } = decision;
      await noteEvent(this.#context, txnId, "conflict", { ...conflict, by, status }, tx);
      return true;
    });
    if (isNew) emit("conflict", { txn_id: txnId, ...conflict });
  }

  /**
   * Settles like `settle`. If that fails, it stores the decision without its product, and the job tries again a period later.
   * Throws if that fails too.
   */
  async settleOrKeep(txnId: string, decision: Decision, lease?: Lease): Promise<Settlement | undefined> {
    const { storage: { boss, transaction }, emit } = this.#context;
    // An earlier answer may hold the product that this one lacks.
    const held = this.#held.get(txnId);
    const full = held?.product && held.outcome === decision.outcome ? held : decision;
    if (full.product || !lease) this.#held.set(txnId, full);
    try {
      return await this.settle(txnId, full, lease);
    } catch (error) {
      emit("settlement-failed", { txn_id: txnId, error: withoutSecrets(error, full.product) });
    }
    await transaction(async (tx) => {
      // "Never sent" is not an answer of the hub: it is true only until someone sends the pay.
      const isNeverSent = decision.by === "not-sent";
      const id = isNeverSent ? await this.#unsentId(txnId, tx) : await this.#keepDecision(txnId, full, tx);
      if (lease) {
        const output = { outcome: decision.outcome, reason: "settlement-failed" };
        await boss.fail(statusQueue(this.#context), [lease], output, { db: tx });
      }
      const data = { txn_id: txnId, task: isNeverSent ? "close" : "settle" } as const;
      if (id !== undefined) await reschedule(this.#context, id, data, periodSeconds(this.#context), tx);
    });
    return undefined;
  }

  async #unsentId(txnId: string, tx: Db): Promise<string | undefined> {
    const { rows } = await tx.executeSql(
      `SELECT id::text AS id FROM ${this.#table} WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent'`,
      [this.#context.name, txnId],
    );
    return rows[0]?.id;
  }

  /** Stores the first decision of an operation that is not settled, and returns the operation's id. */
  async #keepDecision(txnId: string, decision: Decision, tx: Db): Promise<string | undefined> {
    const kept = { ...withoutProduct(decision), partner_txn_id: storable(decision.partner_txn_id) };
    const { rows } = await tx.executeSql(
      `UPDATE ${this.#table} SET decision = COALESCE(decision, $3::jsonb)
       WHERE queue = $1 AND txn_id = $2 AND settlement IS NULL RETURNING id::text AS id`,
      [this.#context.name, txnId, JSON.stringify(kept)],
    );
    return rows[0]?.id;
  }

  /** Whether this process holds a decision that is not settled yet. */
  isHeld(txnId: string): boolean {
    return this.#held.has(txnId);
  }

  /** Reads the decision of an operation whose settlement failed, with its product if this process still holds that. */
  async decision(txnId: string): Promise<Decision | undefined> {
    const held = this.#held.get(txnId);
    if (held) return held;
    const row = await this.row(txnId);
    return row?.decision ? decisionOf(row.decision) : undefined;
  }
}

const isSold = ({ outcome }: { outcome: string }) => outcome === "succeeded";

const decisionOf = (kept: OperationRow["decision"]): Decision =>
  ({ status: undefined, partner_txn_id: undefined, ...kept, product: undefined }) as Decision;

/** Replaces characters that PostgreSQL cannot store. */
const storable = (text: string | undefined) => text?.toWellFormed().replaceAll("\0", "\uFFFD");

function settlementOf(row: OperationRow, decision: Decision): Settlement {
  const { outcome, by, status, partner_txn_id } = decision;
  const request = requestOf(row);
  // Another product than the requested one is withheld (interpretation D10).
  const isOther = request && decision.product && decision.product.id !== request.product_id;
  const product = isOther ? undefined : decision.product;
  const isKeyMissing = lacksKey({ ...decision, product }, row.expects_key ?? undefined);
  const { txn_id, id: operationId } = row;
  return { txn_id, operationId, outcome, by, status, partner_txn_id, product, isKeyMissing, request };
}
