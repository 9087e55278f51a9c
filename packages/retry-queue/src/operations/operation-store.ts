import type { Db } from "../storage/db.ts";
import { statementsIn } from "../storage/statements.ts";
import type { Books } from "./books.ts";
import { type Decision, neverSent, withoutProduct } from "./decision.ts";
import { addJobs, drawPayAndPeriodSeconds, drawPeriodSeconds, type Lease, reschedule } from "./jobs.ts";
import { operationIdOf } from "./operation-id.ts";
import type { OperationReader } from "./operation-reader.ts";
import { operationStatements } from "./operation-statements.ts";
import { type AnswerSummary, type OperationRow, settlementOf } from "./operation.ts";
import { type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";
import { type Settlement, type StoredSettlement, toStored } from "./settlement.ts";

/** A pay that is about to leave. `request`: its JSON; undefined when somebody else sends it. */
export interface Intent {
  readonly txnId: string;
  readonly request: string | undefined;
  readonly expectsKey: boolean | undefined;
}

/** The result for an intent. `known`: the `txn_id` had an operation before, which stays as it is. */
export type AddResult = { readonly kind: "added" } | { readonly kind: "known"; readonly row: OperationRow };

/** A decision about an operation. */
export interface Decided {
  readonly txnId: string;
  readonly decision: Decision;
}

/**
 * The result for a decision. `not-open`: the operation did not wait for it, or does not exist, or somebody else had
 * locked it while the books were shared. `not-booked`: its books failed.
 */
export type SettleResult =
  | { readonly kind: "settled"; readonly settlement: Settlement; readonly row: OperationRow }
  | { readonly kind: "not-open" | "not-booked" };

interface BookedRow {
  readonly row: OperationRow;
  readonly settlement: Settlement;
}

/**
 * Writes operations, and nothing else does: the row, its job in pg-boss and its audit trail, in the transaction of the
 * caller. Each arrow of `states.svg` is a function of this class. A function leaves an operation in any other state
 * alone, and says so. No transaction is open during a call of the hub.
 */
export class OperationStore {
  readonly #context: QueueContext;
  readonly #reader: OperationReader;
  readonly #sql: Readonly<Record<keyof typeof operationStatements, string>>;

  constructor(context: QueueContext, reader: OperationReader) {
    this.#context = context;
    this.#reader = reader;
    this.#sql = statementsIn(context.storage.schema, operationStatements);
  }

  async #run(tx: Db, statement: keyof typeof operationStatements, ...values: unknown[]) {
    return (await tx.executeSql(this.#sql[statement], [this.#context.name, ...values])).rows;
  }

  /**
   * Adds operations as `pending`, before their pays leave. A job is due after the time that a pay can take and one
   * period. Of two intents with the same `txn_id` the first is added.
   */
  async addPending(tx: Db, intents: readonly Intent[]): Promise<AddResult[]> {
    const firsts = [...new Map(intents.toReversed().map((intent) => [intent.txnId, intent])).values()];
    const rows = await this.#run(
      tx,
      "addPending",
      firsts.map(({ txnId }) => txnId),
      firsts.map(({ txnId }) => operationIdOf(this.#context.name, txnId)),
      firsts.map(({ request }) => request ?? null),
      firsts.map(({ expectsKey }) => expectsKey ?? null),
    );
    const jobs = rows.map(({ id, txn_id }) => {
      return { id, data: { txn_id }, startAfterSeconds: drawPayAndPeriodSeconds(this.#context) };
    });
    await addJobs(this.#context, jobs, tx);
    const newIds = new Set(rows.map((row) => row.txn_id));
    const added = new Set(firsts.filter(({ txnId }) => newIds.has(txnId)));
    const known = intents.filter((intent) => !added.has(intent)).map(({ txnId }) => txnId);
    const found = await this.#reader.existingRows(tx, known);
    return intents.map((intent): AddResult =>
      added.has(intent) ? { kind: "added" } : { kind: "known", row: found.get(intent.txnId) as OperationRow },
    );
  }

  /** The pay did not leave: `pending` → `not-sent`. It is cancelled a period later. */
  async markNotSent(tx: Db, txnId: string, answer: AnswerSummary): Promise<boolean> {
    const [row] = await this.#run(tx, "markNotSent", txnId, JSON.stringify(answer));
    if (!row) return false;
    const data = { txn_id: txnId, task: "close" } as const;
    await reschedule(this.#context, row.id, data, drawPeriodSeconds(this.#context), tx);
    return true;
  }

  /** The pay is sent again: `not-sent` → `pending`. Only one of several callers gets true. */
  async reopen(tx: Db, txnId: string): Promise<boolean> {
    const [row] = await this.#run(tx, "reopen", txnId);
    if (!row) return false;
    await reschedule(this.#context, row.id, { txn_id: txnId }, drawPayAndPeriodSeconds(this.#context), tx);
    return true;
  }

  /** Answers have decided: `pending`, `not-sent` or `unresolved` → `succeeded`, `rejected` or `cancelled`. */
  settle(tx: Db, decided: readonly Decided[], books: Books): Promise<SettleResult[]> {
    return this.#settle(["pending", "not-sent", "unresolved"], tx, decided, books);
  }

  /** Nobody has sent the pays within a period: `not-sent` → `cancelled`. */
  closeUnsent(tx: Db, txnIds: readonly string[], books: Books): Promise<SettleResult[]> {
    const decided = txnIds.map((txnId) => ({ txnId, decision: neverSent }));
    return this.#settle(["not-sent"], tx, decided, books);
  }

  async #settle(states: string[], tx: Db, decided: readonly Decided[], books: Books): Promise<SettleResult[]> {
    const txnIds = decided.map(({ txnId }) => txnId);
    const rows: OperationRow[] = await this.#run(tx, books.isShared ? "lockFree" : "lock", txnIds, states);
    const open = new Map(rows.map((row) => [row.txn_id, row]));
    const booked: BookedRow[] = [];
    const kinds: SettleResult["kind"][] = [];
    for (const { txnId, decision } of decided) {
      const row = open.get(txnId);
      open.delete(txnId);
      const settlement = row && settlementOf(row, decision);
      const isBooked = settlement && (await books.book(settlement));
      if (isBooked) booked.push({ row, settlement });
      kinds.push(isBooked ? "settled" : row ? "not-booked" : "not-open");
    }
    await books.close();
    const settled = booked.length > 0 ? await this.#writeSettlements(tx, booked) : [];
    const rest = settled.values();
    return kinds.map((kind) => (kind === "settled" ? { kind, ...rest.next().value! } : { kind }));
  }

  async #writeSettlements(tx: Db, settled: readonly BookedRow[]): Promise<BookedRow[]> {
    const { boss } = this.#context.storage;
    const payAnswerOf = ({ by, outcome, status }: Settlement) =>
      by === "pay" ? JSON.stringify({ outcome, status }) : null;
    const rows: OperationRow[] = await this.#run(
      tx,
      "settle",
      settled.map(({ row }) => row.txn_id),
      settled.map(({ settlement }) => settlement.outcome),
      settled.map(({ settlement }) => (settlement.isKeyMissing ? "key-missing" : null)),
      settled.map(({ settlement }) => JSON.stringify(toStored(settlement))),
      settled.map(({ settlement }) => payAnswerOf(settlement)),
    );
    const ids = settled.map(({ row }) => row.id);
    await boss.complete(statusQueue(this.#context), ids, null, { db: tx, includeQueued: true });
    const unresolved = settled.filter(({ row }) => row.state === "unresolved").map(({ row }) => row.id);
    if (unresolved.length > 0) await boss.deleteJob(unresolvedQueue(this.#context), unresolved, { db: tx });
    const written = new Map(rows.map((row) => [row.txn_id, row]));
    return settled.map(({ row, settlement }) => ({ row: written.get(row.txn_id) ?? row, settlement }));
  }

  /** No attempt is left: `pending` → `unresolved`, while the lease is the current one and nothing is decided. */
  async giveUp(tx: Db, lease: Lease, detail: object): Promise<boolean> {
    const { boss } = this.#context.storage;
    const { id, retryCount, data } = lease;
    const rows = await this.#run(tx, "giveUp", data.txn_id, retryCount, id, statusQueue(this.#context));
    if (rows.length === 0) {
      // It was settled or decided meanwhile, or another worker has leased it.
      await boss.fail(statusQueue(this.#context), [lease], null, { db: tx });
      return false;
    }
    await boss.complete(statusQueue(this.#context), [lease], null, { db: tx });
    await boss.insert(unresolvedQueue(this.#context), [{ id, data: { txn_id: data.txn_id } }], { db: tx });
    await this.#addEvent(tx, data.txn_id, "unresolved", detail);
    return true;
  }

  /** The operator asks again: `unresolved` → `pending`, with all attempts. */
  async redrive(tx: Db, txnId: string): Promise<boolean> {
    const { boss } = this.#context.storage;
    const [row] = await this.#run(tx, "redrive", txnId);
    if (!row) return false;
    await boss.deleteJob(unresolvedQueue(this.#context), row.id, { db: tx });
    await boss.deleteJob(statusQueue(this.#context), row.id, { db: tx });
    await addJobs(this.#context, [{ id: row.id, data: { txn_id: txnId }, startAfterSeconds: 0 }], tx);
    await this.#addEvent(tx, txnId, "redriven", {});
    return true;
  }

  /**
   * The operator has decided: `unresolved` → `resolved`. An operation in another state that waits for the operator
   * keeps its state and its settlement, and waits no longer; one that was sold and is to be refunded is left alone.
   */
  async resolve(
    tx: Db,
    txnId: string,
    settlement: StoredSettlement,
    isRefund: boolean,
    detail: object,
  ): Promise<boolean> {
    const [row] = await this.#run(tx, "resolve", txnId, JSON.stringify(settlement), isRefund);
    if (!row) return false;
    await this.#context.storage.boss.deleteJob(unresolvedQueue(this.#context), row.id, { db: tx });
    await this.#addEvent(tx, txnId, "resolved", detail);
    return true;
  }

  /** The pay left, and its answer decides nothing: still `pending`, and asked about after at least `leastWaitMs`. */
  async noteAnswer(tx: Db, txnId: string, answer: AnswerSummary, leastWaitMs: number): Promise<void> {
    const [row] = await this.#run(tx, "noteAnswer", txnId, JSON.stringify(answer));
    const waitSeconds = Math.max(drawPeriodSeconds(this.#context), leastWaitMs / 1000);
    if (row) await reschedule(this.#context, row.id, { txn_id: txnId }, waitSeconds, tx);
  }

  /** Keeps a decision whose settlement failed, without its product: its job tries again a period later. */
  async keepDecision(tx: Db, { txnId, decision }: Decided, lease?: Lease): Promise<void> {
    const isUnsent = decision.by === "not-sent";
    // "Never sent" is not an answer of the hub: it is true only until someone sends the pay.
    const [row] = isUnsent
      ? await this.#run(tx, "lock", [txnId], ["not-sent"])
      : await this.#run(tx, "keepDecision", txnId, JSON.stringify(withoutProduct(decision)));
    if (lease) {
      const output = { outcome: decision.outcome, reason: "settlement-failed" };
      await this.#context.storage.boss.fail(statusQueue(this.#context), [lease], output, { db: tx });
    }
    const data = { txn_id: txnId, task: isUnsent ? ("close" as const) : ("settle" as const) };
    if (row) await reschedule(this.#context, row.id, data, drawPeriodSeconds(this.#context), tx);
  }

  /** Marks a contradiction for the operator; the settlement stays. Returns false when it is marked already. */
  async markConflict(tx: Db, txnId: string, detail: object): Promise<boolean> {
    const rows = await this.#run(tx, "markConflict", txnId);
    if (rows.length > 0) await this.#addEvent(tx, txnId, "conflict", detail);
    return rows.length > 0;
  }

  /** Counts a `TXN_NOT_FOUND` of each lease. Returns how many each operation has had in a row now. */
  async countAbsent(db: Db, leases: readonly Lease[]): Promise<Map<string, number>> {
    const txnIds = leases.map(({ data }) => data.txn_id);
    const numbers = leases.map(({ retryCount }) => retryCount);
    const rows = await this.#run(db, "countAbsent", txnIds, numbers, statusQueue(this.#context));
    return new Map(rows.map((row) => [row.txn_id, row.absent_count]));
  }

  /** Counts leases that sent nothing, which therefore are no attempts. */
  async countUnsent(tx: Db, txnIds: readonly string[]): Promise<void> {
    await this.#run(tx, "countUnsent", txnIds);
  }

  async #addEvent(tx: Db, txnId: string, kind: string, detail: object): Promise<void> {
    await this.#run(tx, "addEvent", txnId, kind, JSON.stringify(detail));
  }
}
