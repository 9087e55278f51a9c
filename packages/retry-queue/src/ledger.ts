import type { PayResult } from "@codegames/client";
import { v5 as uuidv5 } from "uuid";
import type { Db } from "./database.ts";
import { addJob, type Claim, periodSeconds, reschedule, retryAfterMs } from "./job.ts";
import { answerOf, operationColumns, type OperationRow, requestOf } from "./operation.ts";
import { withoutSecrets } from "./redact.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { type Decision, isKeyMissing, type Settlement, withoutProduct } from "./settlement.ts";

/** Namespace of the ids of operations. */
const namespace = "0f1c7b0e-5f0a-4d3e-9c55-6f2b7f0a1d11";

/**
 * The table of operations, and one job of pg-boss for each that is open. Every change of both is one transaction, and no
 * call of the hub is made within one.
 */
export class Ledger {
  readonly #context: QueueContext;
  /** Decisions that could not be settled yet, with their products, which are nowhere else. */
  readonly #held = new Map<string, Decision>();

  constructor(context: QueueContext) {
    this.#context = context;
  }

  get #table() {
    return operationTable(this.#context);
  }

  /** The same for one transaction of one queue, so that the primary key of its job refuses a second one. */
  idOf(txnId: string): string {
    return uuidv5(`${this.#context.name}\n${txnId}`, namespace);
  }

  async row(txnId: string, db: Db = this.#context.storage.db): Promise<OperationRow | undefined> {
    const { rows } = await db.executeSql(`SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND txn_id = $2`, [this.#context.name, txnId]);
    return rows[0];
  }

  /**
   * Adds an operation and its job, in a transaction of the caller's or in one of its own. Gives undefined when it is added,
   * and else the row that is there. The job is due after the time that a pay can take and one period.
   */
  async add(txnId: string, request: string | undefined, expectsKey: boolean | undefined, db?: Db): Promise<OperationRow | undefined> {
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
    return (await (db ? add(db) : storage.transaction(add))) ? undefined : this.row(txnId, db);
  }

  /** Takes a pay that was not sent up again; of many at once, one does. */
  async reopen({ id, txn_id }: OperationRow): Promise<boolean> {
    const { name, storage, policy } = this.#context;
    return storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET state = 'pending', decision = NULL WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent' RETURNING 1`, [name, txn_id],
      );
      if (rows.length > 0) await reschedule(this.#context, id, { txn_id }, policy.payTimeoutSeconds + periodSeconds(this.#context), tx);
      return rows.length > 0;
    });
  }

  /** Keeps the answer to a pay that decides nothing: the first `/status` comes one period later. */
  async keepOpen(txnId: string, result: PayResult): Promise<void> {
    const isSent = result.outcome !== "not-sent";
    const retryAfterSeconds = "retryAfterMs" in result ? retryAfterMs(this.#context.policy, result.retryAfterMs) / 1000 : 0;
    await this.#context.storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET answer = $3::jsonb, state = $4 WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING id::text AS id`,
        [this.#context.name, txnId, JSON.stringify(answerOf(result)), isSent ? "pending" : "not-sent"],
      );
      if (rows.length === 0) return;
      await reschedule(this.#context, rows[0].id, { txn_id: txnId, ...(!isSent && { task: "close" }) }, Math.max(periodSeconds(this.#context), retryAfterSeconds), tx);
    });
  }

  /**
   * Settles an operation: the state by compare-and-set, `onSettled` and the end of the job in one transaction. One that is
   * settled stays as it is, and an answer that says the opposite is a conflict. Throws when nothing has happened.
   */
  async settle(txnId: string, decision: Decision, claim?: Claim): Promise<Settlement | undefined> {
    const { name, storage: { boss, transaction }, onSettled, emit } = this.#context;
    const from = decision.by === "not-sent" ? ["not-sent"] : ["pending", "unresolved", "not-sent"];
    const settlement = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND txn_id = $2 AND state = ANY($3) FOR UPDATE`, [name, txnId, from],
      );
      const row: OperationRow | undefined = rows[0];
      if (!row) return undefined;
      // The first decision holds, also while its settlement is still to come; one that contradicts it is noted below.
      const isContrary = row.decision !== null && (row.decision.outcome === "succeeded") !== (decision.outcome === "succeeded");
      const made = settlementOf(row, isContrary ? { ...decisionOf(row.decision), product: undefined } : decision);
      const { outcome, by, status, partner_txn_id, keyMissing } = made;
      await tx.executeSql(
        `UPDATE ${this.#table} SET state = $3, attention = $4, settlement = $5::jsonb, decision = NULL, settled_at = ${now(this.#context)},
           answer = COALESCE(answer, $6::jsonb)
         WHERE queue = $1 AND txn_id = $2`,
        [name, txnId, outcome, keyMissing ? "key-missing" : null, JSON.stringify({ outcome, by, status, partner_txn_id: storable(partner_txn_id), keyMissing }),
          by === "pay" ? JSON.stringify({ outcome, status }) : null],
      );
      await onSettled(made, tx);
      await boss.complete(statusQueue(this.#context), row.id, null, { db: tx, includeQueued: true });
      if (row.state === "unresolved") await boss.deleteJob(unresolvedQueue(this.#context), row.id, { db: tx });
      return made;
    });
    this.#held.delete(txnId);
    if (settlement) {
      emit("settled", settlement);
      if (settlement.keyMissing) emit("key-missing", settlement);
    }
    if (!settlement || (settlement.outcome === "succeeded") !== (decision.outcome === "succeeded")) await this.#compare(txnId, decision, claim);
    return settlement;
  }

  /** What an answer means for an operation that it could not settle. */
  async #compare(txnId: string, decision: Decision, claim: Claim | undefined): Promise<void> {
    const { name, storage: { boss, transaction }, emit } = this.#context;
    const row = await this.row(txnId);
    if (!row) return;
    if (row.settlement === null) {
      // It was to be closed, and is sent again after all.
      if (claim) await boss.fail(statusQueue(this.#context), [claim], null);
      return reschedule(this.#context, row.id, { txn_id: txnId }, this.#context.policy.payTimeoutSeconds + periodSeconds(this.#context));
    }
    await boss.complete(statusQueue(this.#context), row.id, null, { includeQueued: true });
    const conflict = { settled: row.settlement.outcome, answered: decision.outcome };
    if ((conflict.settled === "succeeded") === (conflict.answered === "succeeded")) return;
    const isNew = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET attention = 'conflict' WHERE queue = $1 AND txn_id = $2 AND attention IS DISTINCT FROM 'conflict' RETURNING 1`, [name, txnId],
      );
      if (rows.length > 0) await noteEvent(this.#context, txnId, "conflict", { ...conflict, by: decision.by, status: decision.status }, tx);
      return rows.length > 0;
    });
    if (isNew) emit("conflict", { txn_id: txnId, ...conflict });
  }

  /**
   * As `settle`; when that fails, the decision is kept without its product, and its job tries again a period later. Throws
   * when that fails too.
   */
  async settleOrKeep(txnId: string, decision: Decision, claim?: Claim): Promise<Settlement | undefined> {
    const { name, storage: { boss, transaction }, emit } = this.#context;
    // The product that came with the pay's answer, where another answer decides the same without it.
    const held = this.#held.get(txnId);
    const full = held?.product && held.outcome === decision.outcome ? held : decision;
    if (full.product || !claim) this.#held.set(txnId, full);
    try {
      return await this.settle(txnId, full, claim);
    } catch (error) {
      emit("settlement-failed", { txn_id: txnId, error: withoutSecrets(error, full.product) });
    }
    await transaction(async (tx) => {
      // That nobody sent it is no answer, and holds only as long as nobody does.
      const { rows } = decision.by === "not-sent" ? await tx.executeSql(
        `SELECT id::text AS id FROM ${this.#table} WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent'`, [name, txnId],
      ) : await tx.executeSql(
        `UPDATE ${this.#table} SET decision = COALESCE(decision, $3::jsonb) WHERE queue = $1 AND txn_id = $2 AND settlement IS NULL RETURNING id::text AS id`,
        [name, txnId, JSON.stringify({ ...withoutProduct(full), partner_txn_id: storable(full.partner_txn_id) })],
      );
      if (claim) await boss.fail(statusQueue(this.#context), [claim], { outcome: decision.outcome, reason: "settlement-failed" }, { db: tx });
      if (rows.length > 0) await reschedule(this.#context, rows[0].id, { txn_id: txnId, task: decision.by === "not-sent" ? "close" : "settle" }, periodSeconds(this.#context), tx);
    });
    return undefined;
  }

  /** Whether this process holds a decision that is still to be settled. */
  isHeld(txnId: string): boolean {
    return this.#held.has(txnId);
  }

  /** The decision of an operation whose settlement failed: with its product, if that is still held. */
  async decision(txnId: string): Promise<Decision | undefined> {
    const held = this.#held.get(txnId);
    if (held) return held;
    const row = await this.row(txnId);
    return row?.decision ? decisionOf(row.decision) : undefined;
  }
}

const decisionOf = (kept: OperationRow["decision"]): Decision => ({ status: undefined, partner_txn_id: undefined, ...kept, product: undefined }) as Decision;

/** As PostgreSQL can hold it. */
const storable = (text: string | undefined) => text?.toWellFormed().replaceAll("\0", "\uFFFD");

function settlementOf(row: OperationRow, decision: Decision): Settlement {
  const { outcome, by, status, partner_txn_id } = decision;
  const request = requestOf(row);
  // A product that was not asked for is withheld (interpretation D10).
  const product = request && decision.product && decision.product.id !== request.product_id ? undefined : decision.product;
  const keyMissing = isKeyMissing({ ...decision, product }, row.expects_key ?? undefined);
  return { txn_id: row.txn_id, operationId: row.id, outcome, by, status, partner_txn_id, product, keyMissing, request };
}
