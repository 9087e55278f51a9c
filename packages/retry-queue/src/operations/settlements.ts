import type { Db } from "../storage/db.ts";
import { ownBooks } from "./books.ts";
import { type Decision, isContradiction, neverSent, withProductLost } from "./decision.ts";
import { drawPayAndPeriodSeconds, drawPeriodSeconds, type Lease, reschedule } from "./jobs.ts";
import type { OperationReader } from "./operation-reader.ts";
import type { OperationStore, SettleResult } from "./operation-store.ts";
import { type Operation, operationOf } from "./operation.ts";
import { type QueueContext, statusQueue } from "./queue-context.ts";
import { withoutSecrets } from "./redact.ts";
import { SettlementBatches } from "./settlement-batches.ts";
import type { Settlement } from "./settlement.ts";

/**
 * How a decision ended:
 *
 * - `settled`: it was booked, now and for good.
 * - `already-settled`: another decision was booked before; if the two contradict each other, that is a conflict.
 * - `sent-again`: the pay was to be closed as never sent, but `pay()` has sent it meanwhile.
 * - `unknown-operation`: the queue has no such operation.
 * - `kept`: the settlement failed; it is tried again.
 */
export type SettlementResult =
  | { readonly kind: "settled"; readonly settlement: Settlement; readonly operation: Operation }
  | { readonly kind: "already-settled" | "sent-again" | "unknown-operation" | "kept" };

/** Books decisions, and keeps those whose settlement fails: with their products, which only this process knows. */
export class Settlements {
  readonly #context: QueueContext;
  readonly #store: OperationStore;
  readonly #reader: OperationReader;
  readonly #batches: SettlementBatches;
  readonly #kept = new Map<string, Decision>();

  constructor(context: QueueContext, store: OperationStore, reader: OperationReader) {
    this.#context = context;
    this.#store = store;
    this.#reader = reader;
    this.#batches = new SettlementBatches(context, store);
  }

  /**
   * Settles an operation: the state by compare-and-set, `onSettled` and the end of the job in one transaction. A
   * settled operation stays as it is, and a decision that contradicts its settlement is a conflict. If it throws, the
   * transaction was rolled back.
   */
  async settle(txnId: string, decision: Decision, lease?: Lease): Promise<SettlementResult> {
    const { emit } = this.#context;
    const result = await this.#write(txnId, decision);
    this.#kept.delete(txnId);
    if (result.kind !== "settled") return this.#reconcile(txnId, decision, lease);
    const { settlement, row } = result;
    emit("settled", settlement);
    if (settlement.isKeyMissing) emit("key-missing", settlement);
    if (isContradiction(settlement, decision)) await this.#reconcile(txnId, decision, lease);
    return { kind: "settled", settlement, operation: operationOf(row) };
  }

  async #write(txnId: string, decision: Decision): Promise<SettleResult> {
    if (decision.by !== "not-sent") return this.#batches.settle({ txnId, decision });
    const { storage, onSettled } = this.#context;
    const close = (tx: Db) => this.#store.closeUnsent(tx, [txnId], ownBooks(tx, onSettled));
    const [result] = await storage.transaction(close);
    return result!;
  }

  /** Handles a decision that did not settle: `pay()` has reopened the operation, or a settlement exists already. */
  async #reconcile(txnId: string, decision: Decision, lease: Lease | undefined): Promise<SettlementResult> {
    const {
      storage: { boss, transaction },
      emit,
    } = this.#context;
    const row = await this.#reader.findRow(txnId);
    if (!row) return { kind: "unknown-operation" };
    const { settlement } = row;
    if (settlement === null) {
      if (lease) await boss.fail(statusQueue(this.#context), [lease], null);
      await reschedule(this.#context, row.id, { txn_id: txnId }, drawPayAndPeriodSeconds(this.#context));
      return { kind: "sent-again" };
    }
    await boss.complete(statusQueue(this.#context), row.id, null, { includeQueued: true });
    if (isContradiction(settlement, decision)) {
      const conflict = { settled: settlement.outcome, answered: decision.outcome };
      const { by, status } = decision;
      const isNew = await transaction((tx) => this.#store.markConflict(tx, txnId, { ...conflict, by, status }));
      if (isNew) emit("conflict", { txn_id: txnId, ...conflict });
    }
    return { kind: "already-settled" };
  }

  /**
   * Settles like `settle`. If that fails, it stores the decision without its product, and the job tries again a period
   * later. Throws if storing fails too.
   */
  async settleOrKeep(txnId: string, decision: Decision, lease?: Lease): Promise<SettlementResult> {
    // The kept decision of the pay has the product; a later answer may decide the same without it.
    const kept = this.#kept.get(txnId);
    const full = kept?.product && kept.outcome === decision.outcome ? kept : decision;
    if (full.product || !lease) this.#kept.set(txnId, full);
    try {
      return await this.settle(txnId, full, lease);
    } catch (error) {
      this.#context.emit("settlement-failed", { txn_id: txnId, error: withoutSecrets(error, full.product) });
    }
    await this.#context.storage.transaction((tx) => this.#store.keepDecision(tx, { txnId, decision: full }, lease));
    return { kind: "kept" };
  }

  /** Settles the kept decision of a leased job, or closes a pay that was never sent; neither needs the hub. */
  async runTask(lease: Lease): Promise<void> {
    const { txn_id: txnId, task } = lease.data;
    const decision = task === "close" ? neverSent : await this.#findKept(txnId);
    if (decision) {
      await this.settleOrKeep(txnId, decision, lease);
      return;
    }
    await this.#context.storage.boss.fail(statusQueue(this.#context), [lease], null);
    await reschedule(this.#context, lease.id, { txn_id: txnId }, drawPeriodSeconds(this.#context));
  }

  /** Finds the decision of an operation whose settlement failed: with its product if this process keeps it. */
  async #findKept(txnId: string): Promise<Decision | undefined> {
    const kept = this.#kept.get(txnId);
    if (kept) return kept;
    const row = await this.#reader.findRow(txnId);
    return row?.decision ? withProductLost(row.decision) : undefined;
  }
}
