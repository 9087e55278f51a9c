import { EventEmitter } from "node:events";
import type { Client, Unread } from "@codegames/client";
import type { Encodable } from "@codegames/codec";
import type { PayRequest } from "@codegames/contract";
import { Background } from "./background.ts";
import { emitSafely } from "./emit-safely.ts";
import { decisionOfStatus } from "./operations/decision.ts";
import type { RetryQueueEvents, UnreadOf } from "./operations/events.ts";
import { makeQueues } from "./operations/jobs.ts";
import type { Operation, OperationState } from "./operations/operation.ts";
import type { QueueContext } from "./operations/queue-context.ts";
import type { Settlement } from "./operations/settlement.ts";
import { UnreadBodies } from "./operations/unread-bodies.ts";
import type { AuditEvent, Counts, Resolution, Schedule } from "./operator/operator.ts";
import type { PayOptions, PayOutcome, WatchOptions } from "./pay/payments.ts";
import { watchAnswers } from "./pay/watch-answers.ts";
import { PublicCalls } from "./public-calls.ts";
import { createParts, type QueueParts } from "./queue-parts.ts";
import type { Db } from "./storage/db.ts";

/** A durable queue of a merchant's operations with one hub. Made by {@link openRetryQueue}. */
export class RetryQueue extends EventEmitter<RetryQueueEvents> {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay" | "status">;
  readonly #parts: QueueParts;
  readonly #unread: UnreadBodies;
  readonly #calls: PublicCalls;
  readonly #settled = { succeeded: 0, rejected: 0, cancelled: 0 };
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Pick<Client, "pay" | "status">, parts: Omit<QueueContext, "emit" | "background">) {
    super();
    const emit: QueueContext["emit"] = (event, ...args) => {
      if (event === "settled") this.#noteSettled(args[0] as Settlement);
      emitSafely(this, event, args);
    };
    const background = new Background((error) => emit("database-failed", error));
    this.#context = { ...parts, emit, background };
    this.#calls = new PublicCalls(background);
    this.#unread = new UnreadBodies(emit);
    this.#client = watchAnswers(client, (txnId, result) => this.#unread.keep(txnId, result));
    this.#parts = createParts(this.#context, this.#client);
  }

  /** The option `name`. */
  get name(): string {
    return this.#context.name;
  }

  /** @internal */
  prepare(): Promise<void> {
    return makeQueues(this.#context);
  }

  /**
   * Buys: writes the intent to disk, sends one `/pay`, and settles what the answer decides. If the answer decides
   * nothing, the operation stays `pending`, and this or another process asks `/status` until it is settled.
   *
   * One `txn_id` sends at most one request to the hub, no matter how often `pay()` is called with it: a repeat returns
   * the operation. One exception: a pay that did not leave (`not-sent`) is sent when it is called again with the same
   * request within one period.
   *
   * Rejects with the database's error when the intent could not be written; nothing was sent then.
   *
   * @throws A {@link QueueError} with code `invalid-request` when the contract does not allow the request.
   * @throws A {@link QueueError} with code `conflicting-request` when the `txn_id` is known with another request.
   * @throws A {@link QueueError} with code `inside-transaction` when it is called within `onSettled` or
   *   `transaction()`.
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  pay(request: Encodable<PayRequest>, options: PayOptions = {}): Promise<PayOutcome> {
    return this.#calls.run(() => this.#parts.payments.pay(request, options));
  }

  /**
   * Adds an operation whose pay is sent elsewhere, now or within `payTimeoutSeconds`. The first status call comes one
   * period after that. A known operation stays as it is.
   *
   * @throws A {@link QueueError} with code `invalid-request` when the contract does not allow the `txn_id`.
   * @throws A {@link QueueError} with code `inside-transaction` when it is called within `onSettled` or `transaction()`
   *   without their `db`.
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  watch({ txn_id: txnId }: { txn_id: string }, { expectsKey, db }: WatchOptions = {}): Promise<void> {
    const options = expectsKey === undefined ? {} : { expectsKey };
    return this.#calls.run(() => this.#parts.payments.watch(txnId, options, db), db !== undefined);
  }

  /**
   * Runs SQL in a transaction of the queue's database: for your own tables in the folder, and for `watch()` together
   * with them. If it rejects, the transaction was rolled back.
   *
   * @throws A {@link QueueError} with code `inside-transaction` when it is called within `onSettled` or
   *   `transaction()`.
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    const inTransaction = async (db: Db): Promise<T> => {
      const result = await work(db);
      // Fails where the work has hidden an error that has ended the transaction.
      await db.executeSql("SELECT 1");
      return result;
    };
    return this.#calls.run(() => this.#context.storage.transaction(inTransaction));
  }

  /**
   * Starts to ask the hub about open operations. An operation whose job someone deleted gets a new one.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  start(): Promise<void> {
    return this.#calls.run(async () => {
      // No other process can use this folder: every lease is left over from a process that has ended.
      if (this.#context.storage.isExclusive && !this.#isStarted) await this.#parts.leases.returnExpired(true);
      this.#isStarted = true;
      await this.#parts.leases.replaceLostJobs();
      this.#parts.worker.start();
    });
  }

  /**
   * Stops: makes no new calls, waits for those under way and writes their results, and releases unused leases. Closes
   * the database, unless it is your own pg-boss. Can be called again.
   */
  stop(): Promise<void> {
    return (this.#stopped ??= (async () => {
      this.#calls.close();
      this.#parts.payments.stop();
      this.#parts.worker.stop();
      await this.#context.background.finished();
      await this.#context.storage.close();
    })());
  }

  /**
   * Finds the operation with a `txn_id`; undefined when the queue does not know it.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  get(txnId: string): Promise<Operation | undefined> {
    return this.#calls.run(() => this.#parts.reader.find(txnId));
  }

  /**
   * Reads how many status calls an operation had, when the next one is due, and what the operator did.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  trail(operation: Operation): Promise<Schedule & { events: AuditEvent[] }> {
    return this.#calls.run(() => this.#parts.operator.readTrail(operation));
  }

  /**
   * Lists operations by their states, oldest first. `limit`: the most that it returns, 1000 if not given.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  list(states: readonly OperationState[], limit = 1000): Promise<Operation[]> {
    return this.#calls.run(() => this.#parts.operator.list(states, limit));
  }

  /**
   * Lists the operations that wait for the operator, oldest first: unresolved ones, sold ones without a key, and
   * conflicts. `limit`: the most that it returns, 1000 if not given.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  unresolved(limit = 1000): Promise<Operation[]> {
    return this.#calls.run(() => this.#parts.operator.listWaiting(limit));
  }

  /**
   * Records the operator's decision about an operation that waits for one. It calls neither the hub nor `onSettled`.
   * `note`: why, for the audit trail.
   *
   * @throws A {@link QueueError} with code `invalid-option` when the resolution is unknown or the note is empty.
   * @throws A {@link QueueError} with code `unknown-operation` when the queue does not know the `txn_id`.
   * @throws A {@link QueueError} with code `wrong-state` when the operation does not wait for the operator, or when it
   *   was sold and is to be refunded.
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  resolve(txnId: string, resolution: Resolution, note: string): Promise<Operation> {
    return this.#calls.run(async () => {
      const resolved = await this.#parts.operator.resolve(txnId, resolution, note);
      this.#unread.erase(txnId);
      return resolved;
    });
  }

  /**
   * Returns the body of an answer that this process could not read, or not wholly, and that may hold the key of a paid
   * order (interpretation C3): for an operator who looks after a `key-missing`, an `unresolved` or an `alarm`. Without
   * `of` that of a `sale`, otherwise that of an `order` which was not understood; a `mismatch` is an answer that came
   * to this order and belongs to another one.
   *
   * Bodies are kept in memory alone, at most 64 MiB of all orders together: a restart loses them. They are erased when
   * the order ends unsold, when its key came with another answer, and by `resolve()`.
   */
  unread(txnId: string, of?: UnreadOf): Unread | undefined {
    return of ? this.#unread.get(txnId, of) : (this.#unread.get(txnId, "sale") ?? this.#unread.get(txnId, "order"));
  }

  /**
   * Makes unresolved operations pending again, one or all, with all their attempts. Returns how many.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  redrive(txnId?: string): Promise<number> {
    return this.#calls.run(() => this.#parts.operator.redrive(txnId));
  }

  /**
   * Asks the hub about one operation now, beside the schedule and without using an attempt. A decision settles the
   * operation; one that contradicts its settlement is a `conflict`.
   *
   * @throws A {@link QueueError} with code `unknown-operation` when the queue does not know the `txn_id`.
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  ask(txnId: string): Promise<Operation> {
    return this.#calls.run(async () => {
      await this.#parts.reader.existing(txnId);
      const decision = decisionOfStatus(await this.#client.status({ txn_id: txnId }));
      if (decision) await this.#parts.settlements.settleOrKeep(txnId, decision);
      return this.#parts.reader.existing(txnId);
    });
  }

  /**
   * Counts open and waiting operations over all processes, and settlements and status calls of this process.
   *
   * @throws A {@link QueueError} with code `closed` when the queue was stopped.
   */
  counts(): Promise<Counts> {
    return this.#calls.run(async () => {
      const open = await this.#parts.operator.count();
      return { ...open, settled: { ...this.#settled }, checks: this.#parts.worker.checks };
    });
  }

  #noteSettled(settlement: Settlement): void {
    this.#settled[settlement.outcome]++;
    this.#unread.settled(settlement);
  }
}
