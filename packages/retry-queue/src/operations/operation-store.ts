import type { PayResult } from "@codegames/client";
import { v5 as uuidv5 } from "uuid";
import type { Db } from "../storage/db.ts";
import { addJob, drawPeriodSeconds, type Lease, limitRetryAfterMs, reschedule } from "./jobs.ts";
import { operationColumns, type OperationRow, requestOf, summarise } from "./operation.ts";
import { noteEvent, nowSql, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { withoutSecrets } from "./redact.ts";
import { type Decision, lacksKey, type Settlement, toStored, withoutProduct } from "./settlement.ts";

/** UUID namespace of the operation ids. */
const namespace = "0f1c7b0e-5f0a-4d3e-9c55-6f2b7f0a1d11";

/**
 * Stores operations: a row each, and one job of pg-boss for each open one. Every change of both is one transaction, and
 * no transaction is open during a call of the hub.
 */
export class OperationStore {
  readonly #context: QueueContext;
  /** Decisions that are not settled yet, with their products, which only this process knows. */
  readonly #kept = new Map<string, Decision>();

  constructor(context: QueueContext) {
    this.#context = context;
  }

  get #table() {
    return operationTable(this.#context);
  }

  /** Derives the operation's id from its `txn_id`, so that the primary key of the jobs refuses a second job. */
  idOf(txnId: string): string {
    return uuidv5(`${this.#context.name}\n${txnId}`, namespace);
  }

  async findRow(txnId: string, db: Db = this.#context.storage.db): Promise<OperationRow | undefined> {
    const { rows } = await db.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND txn_id = $2`,
      [this.#context.name, txnId],
    );
    return rows[0];
  }

  /**
   * Adds an operation and its job, in the caller's transaction or in its own. Returns undefined when it added them,
   * else the existing row. The job is due after the time that a pay can take and one period.
   */
  async add(
    txnId: string,
    request: string | undefined,
    expectsKey: boolean | undefined,
    db?: Db,
  ): Promise<OperationRow | undefined> {
    const { name, storage } = this.#context;
    const id = this.idOf(txnId);
    const add = async (tx: Db) => {
      const { rows } = await tx.executeSql(
        `INSERT INTO ${this.#table} (queue, txn_id, id, request, expects_key, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', ${nowSql(this.#context)}) ON CONFLICT DO NOTHING RETURNING 1`,
        [name, txnId, id, request ?? null, expectsKey ?? null],
      );
      if (rows.length === 0) return false;
      await addJob(this.#context, id, { txn_id: txnId }, this.#drawPayAndPeriodSeconds(), tx);
      return true;
    };
    const isAdded = await (db ? add(db) : storage.transaction(add));
    return isAdded ? undefined : this.findRow(txnId, db);
  }

  /** Reopens a pay that was not sent, to send it again. Returns true to only one of several callers. */
  async reopen({ id, txn_id: txnId }: OperationRow): Promise<boolean> {
    const { name, storage } = this.#context;
    return storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET state = 'pending', decision = NULL
         WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent' RETURNING 1`,
        [name, txnId],
      );
      if (rows.length === 0) return false;
      await reschedule(this.#context, id, { txn_id: txnId }, this.#drawPayAndPeriodSeconds(), tx);
      return true;
    });
  }

  /** Stores the answer to a pay that decides nothing: the first status call comes one period later. */
  async keepOpen(txnId: string, result: PayResult): Promise<void> {
    const isSent = result.outcome !== "not-sent";
    const askedMs = "retryAfterMs" in result ? limitRetryAfterMs(this.#context.policy, result.retryAfterMs) : 0;
    await this.#context.storage.transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET answer = $3::jsonb, state = $4
         WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING id::text AS id`,
        [this.#context.name, txnId, JSON.stringify(summarise(result)), isSent ? "pending" : "not-sent"],
      );
      if (rows.length === 0) return;
      const data = { txn_id: txnId, ...(!isSent && { task: "close" as const }) };
      const waitSeconds = Math.max(drawPeriodSeconds(this.#context), askedMs / 1000);
      await reschedule(this.#context, rows[0].id, data, waitSeconds, tx);
    });
  }

  /**
   * Settles an operation: the state by compare-and-set, `onSettled` and the end of the job in one transaction. A
   * settled operation stays as it is, and a decision that contradicts its settlement is a conflict. If it throws, the
   * transaction was rolled back.
   */
  async settle(txnId: string, decision: Decision, lease?: Lease): Promise<Settlement | undefined> {
    const {
      storage: { transaction },
      emit,
    } = this.#context;
    const settlement = await transaction((tx) => this.#settleWithin(tx, txnId, decision));
    this.#kept.delete(txnId);
    if (settlement) {
      emit("settled", settlement);
      if (settlement.isKeyMissing) emit("key-missing", settlement);
    }
    if (!settlement || isContradiction(settlement, decision)) await this.#reconcile(txnId, decision, lease);
    return settlement;
  }

  async #settleWithin(tx: Db, txnId: string, decision: Decision): Promise<Settlement | undefined> {
    const {
      name,
      storage: { boss },
      onSettled,
    } = this.#context;
    const from = decision.by === "not-sent" ? ["not-sent"] : ["pending", "unresolved", "not-sent"];
    const { rows } = await tx.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table}
       WHERE queue = $1 AND txn_id = $2 AND state = ANY($3) FOR UPDATE`,
      [name, txnId, from],
    );
    const row: OperationRow | undefined = rows[0];
    if (!row) return undefined;
    // The first decision stays, even before its settlement: settle() notes the one that contradicts it.
    const isContrary = row.decision !== null && isContradiction(row.decision, decision);
    const settlement = settlementOf(row, isContrary ? decisionOf(row.decision) : decision);
    const { outcome, by, status, isKeyMissing } = settlement;
    const stored = toStored({ ...settlement, partner_txn_id: storable(settlement.partner_txn_id) });
    await tx.executeSql(
      `UPDATE ${this.#table} SET state = $3, attention = $4, settlement = $5::jsonb, decision = NULL,
         settled_at = ${nowSql(this.#context)}, answer = COALESCE(answer, $6::jsonb)
       WHERE queue = $1 AND txn_id = $2`,
      [
        name,
        txnId,
        outcome,
        isKeyMissing ? "key-missing" : null,
        JSON.stringify(stored),
        by === "pay" ? JSON.stringify({ outcome, status }) : null,
      ],
    );
    await onSettled(settlement, tx);
    await boss.complete(statusQueue(this.#context), row.id, null, { db: tx, includeQueued: true });
    if (row.state === "unresolved") await boss.deleteJob(unresolvedQueue(this.#context), row.id, { db: tx });
    return settlement;
  }

  /** Handles a decision that did not settle: `pay()` has reopened the operation, or a settlement exists already. */
  async #reconcile(txnId: string, decision: Decision, lease: Lease | undefined): Promise<void> {
    const {
      name,
      storage: { boss, transaction },
      emit,
    } = this.#context;
    const row = await this.findRow(txnId);
    if (!row) return;
    if (row.settlement === null) {
      // It was about to be closed as never sent, but `pay()` has sent it meanwhile.
      if (lease) await boss.fail(statusQueue(this.#context), [lease], null);
      return reschedule(this.#context, row.id, { txn_id: txnId }, this.#drawPayAndPeriodSeconds());
    }
    await boss.complete(statusQueue(this.#context), row.id, null, { includeQueued: true });
    const conflict = { settled: row.settlement.outcome, answered: decision.outcome };
    if ((conflict.settled === "succeeded") === (conflict.answered === "succeeded")) return;
    const isNew = await transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET attention = 'conflict'
         WHERE queue = $1 AND txn_id = $2 AND attention IS DISTINCT FROM 'conflict' RETURNING 1`,
        [name, txnId],
      );
      if (rows.length === 0) return false;
      await noteEvent(this.#context, txnId, "conflict", { ...conflict, by: decision.by, status: decision.status }, tx);
      return true;
    });
    if (isNew) emit("conflict", { txn_id: txnId, ...conflict });
  }

  /**
   * Settles like `settle`. If that fails, it stores the decision without its product, and the job tries again a period
   * later. Throws if storing fails too.
   */
  async settleOrKeep(txnId: string, decision: Decision, lease?: Lease): Promise<Settlement | undefined> {
    // The kept decision of the pay has the product; a later answer may decide the same without it.
    const kept = this.#kept.get(txnId);
    const full = kept?.product && kept.outcome === decision.outcome ? kept : decision;
    if (full.product || !lease) this.#kept.set(txnId, full);
    try {
      return await this.settle(txnId, full, lease);
    } catch (error) {
      this.#context.emit("settlement-failed", { txn_id: txnId, error: withoutSecrets(error, full.product) });
    }
    await this.#storeDecision(txnId, full, lease);
    return undefined;
  }

  async #storeDecision(txnId: string, decision: Decision, lease: Lease | undefined): Promise<void> {
    const {
      name,
      storage: { boss, transaction },
    } = this.#context;
    const isNeverSent = decision.by === "not-sent";
    await transaction(async (tx) => {
      // "Never sent" is not an answer of the hub: it is true only until someone sends the pay.
      const { rows } = isNeverSent
        ? await tx.executeSql(
            `SELECT id::text AS id FROM ${this.#table} WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent'`,
            [name, txnId],
          )
        : await tx.executeSql(
            `UPDATE ${this.#table} SET decision = COALESCE(decision, $3::jsonb)
         WHERE queue = $1 AND txn_id = $2 AND settlement IS NULL RETURNING id::text AS id`,
            [
              name,
              txnId,
              JSON.stringify({ ...withoutProduct(decision), partner_txn_id: storable(decision.partner_txn_id) }),
            ],
          );
      if (lease) {
        const output = { outcome: decision.outcome, reason: "settlement-failed" };
        await boss.fail(statusQueue(this.#context), [lease], output, { db: tx });
      }
      if (rows.length === 0) return;
      const data = { txn_id: txnId, task: isNeverSent ? ("close" as const) : ("settle" as const) };
      await reschedule(this.#context, rows[0].id, data, drawPeriodSeconds(this.#context), tx);
    });
  }

  /** Whether this process keeps a decision that is not settled yet. */
  isKept(txnId: string): boolean {
    return this.#kept.has(txnId);
  }

  /** Finds the decision of an operation whose settlement failed: with its product if this process keeps it. */
  async findDecision(txnId: string): Promise<Decision | undefined> {
    const kept = this.#kept.get(txnId);
    if (kept) return kept;
    const row = await this.findRow(txnId);
    return row?.decision ? decisionOf(row.decision) : undefined;
  }

  #drawPayAndPeriodSeconds(): number {
    return this.#context.policy.payTimeoutSeconds + drawPeriodSeconds(this.#context);
  }
}

/** Whether one sold and the other did not. */
const isContradiction = (a: Pick<Decision, "outcome">, b: Pick<Decision, "outcome">) =>
  (a.outcome === "succeeded") !== (b.outcome === "succeeded");

const decisionOf = (stored: OperationRow["decision"]): Decision =>
  ({ status: undefined, partner_txn_id: undefined, ...stored, product: undefined }) as Decision;

/** Replaces the characters that PostgreSQL cannot store as text. */
const storable = (text: string | undefined) => text?.toWellFormed().replaceAll("\0", "\uFFFD");

function settlementOf(row: OperationRow, decision: Decision): Settlement {
  const { outcome, by, status, partner_txn_id } = decision;
  const request = requestOf(row);
  // A product that was not ordered is withheld (interpretation D10); one without an id is the ordered one (D18).
  const isOther = request && decision.product?.id !== undefined && decision.product.id !== request.product_id;
  const product = isOther ? undefined : decision.product;
  const isKeyMissing = lacksKey({ ...decision, product }, row.expects_key ?? undefined);
  const operationId = row.id;
  return { txn_id: row.txn_id, operationId, outcome, by, status, partner_txn_id, product, isKeyMissing, request };
}
