import { EventEmitter } from "node:events";
import type { Client } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, StatusRequestCodec } from "@codegames/contract";
import { type AuditEvent, Operator, type OpenCounts, type Schedule } from "./operator.ts";
import { JobLeases } from "./job-leases.ts";
import { isInTransaction } from "./database.ts";
import type { Db } from "./db.ts";
import type { RetryQueueEvents } from "./events.ts";
import { makeQueues } from "./job.ts";
import { OperationStore } from "./operation-store.ts";
import { catchRejections } from "./catch-rejections.ts";
import type { Operation, OperationState } from "./operation.ts";
import { checkText, Payments, type PayOptions, type PayOutcome } from "./payments.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueContext } from "./queue-context.ts";
import { decisionOfStatus, type Settlement } from "./settlement.ts";
import { Worker } from "./worker.ts";

/** Options of `watch()`. */
export interface WatchOptions extends PayOptions {
  /** A transaction of yours: the operation exists if, and only if, it commits. */
  db?: Db;
}

/** What a person found out and did: `delivered` when the product was sold, `refunded` when it was not. */
export type Resolution = "delivered" | "refunded";

/** The counts of a queue: of all processes, and of this one. */
export interface Counts extends OpenCounts {
  /** Operations that this process settled since it opened the queue. */
  settled: { succeeded: number; rejected: number; cancelled: number };
  /** Calls of `/status` that this process sent since it opened the queue. */
  checks: number;
}

/** A durable queue of a merchant's operations with one hub. `openRetryQueue` makes it. */
export class RetryQueue extends EventEmitter<RetryQueueEvents> {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay" | "status">;
  readonly #store: OperationStore;
  readonly #leases: JobLeases;
  readonly #operator: Operator;
  readonly #worker: Worker;
  readonly #payments: Payments;
  readonly #work = new Set<Promise<unknown>>();
  readonly #settled = { succeeded: 0, rejected: 0, cancelled: 0 };
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Pick<Client, "pay" | "status">, parts: Omit<QueueContext, "emit">) {
    super();
    this.#client = catchRejections(client);
    this.#context = { ...parts, emit: (event, ...args) => this.#notify(event, args) };
    this.#store = new OperationStore(this.#context);
    this.#operator = new Operator(this.#context);
    this.#leases = new JobLeases(this.#context, this.#store);
    this.#payments = new Payments(
      this.#context,
      this.#client,
      this.#store,
      this.#operator,
      (work) => void this.#run(work).catch(() => {}),
    );
    this.#worker = new Worker(this.#context, this.#client, this.#store, this.#leases);
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
   * Buys a product: stores the intent, sends one `/pay`, and settles the decision of its answer. Without a decision the
   * operation stays `pending`, and this or another process asks `/status` until it is settled.
   *
   * However often you call it with one `txn_id`, at most one request reaches the hub; a repeat returns the operation as it is.
   * Only a pay that did not leave (`not-sent`) is sent again, when you repeat it with the same request within one period.
   *
   * @throws A {@link QueueError}: `invalid-request`, `conflicting-request` (the `txn_id` is known with another request),
   *   `closed`. The database's error when the intent could not be stored; then nothing was sent.
   */
  pay(request: Encodable<PayRequest>, options: PayOptions = {}): Promise<PayOutcome> {
    return this.#run(() => this.#payments.pay(request, options));
  }

  /**
   * Adds an operation whose pay another program sends, now or within `payTimeoutSeconds`. The queue asks `/status` from one
   * period after that. A known operation stays as it is.
   *
   * @throws A {@link QueueError}: `invalid-request`, `closed`.
   */
  watch({ txn_id }: { txn_id: string }, { expectsKey, db }: WatchOptions = {}): Promise<void> {
    return this.#run(async () => {
      const encoded = StatusRequestCodec.encode({ txn_id });
      if (!encoded.ok) {
        const place = encoded.issue.pointer || "the request";
        throw new QueueError("invalid-request", `Cannot watch: ${place} ${describeIssue(encoded.issue)}`);
      }
      checkText("watch", txn_id);
      await this.#store.add(txn_id, undefined, expectsKey, db);
    }, db !== undefined);
  }

  /**
   * Runs SQL in a transaction of the queue's database: for your own tables in the folder, and to `watch()` an operation
   * together with them. If it rejects, the transaction was rolled back.
   */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#run(() => this.#context.storage.transaction(work));
  }

  /** Starts asking about open operations. An operation whose job was deleted by hand gets a new one. */
  start(): Promise<void> {
    return this.#run(async () => {
      // An earlier process on this folder may have ended with leases.
      if (this.#context.storage.isExclusive && !this.#isStarted) await this.#leases.returnExpired(true);
      this.#isStarted = true;
      await this.#operator.replaceLostJobs();
      this.#worker.start();
    });
  }

  /**
   * Stops the queue: it makes no new calls, waits for those under way, records their answers, and returns unused leases. It
   * closes the database, unless that is a pg-boss of yours. You can call it again.
   */
  stop(): Promise<void> {
    return (this.#stopped ??= (async () => {
      this.#payments.stop();
      await this.#worker.stop();
      while (this.#work.size > 0) await Promise.allSettled(this.#work);
      await this.#context.storage.close();
    })());
  }

  /** Finds the operation with a `txn_id`; undefined when the queue does not know it. */
  get(txnId: string): Promise<Operation | undefined> {
    return this.#run(() => this.#operator.find(txnId));
  }

  /** Reads the schedule and the audit trail of an operation: attempts, next check, and what people did. */
  async trail({ txn_id, operationId }: Operation): Promise<Schedule & { events: AuditEvent[] }> {
    return this.#run(async () => ({
      ...(await this.#operator.schedule(operationId)),
      events: await this.#operator.history(txn_id),
    }));
  }

  /** Lists operations by their states, oldest first, at most `limit`, 1000 by default. */
  list(states: readonly OperationState[], limit = 1000): Promise<Operation[]> {
    return this.#run(() => this.#operator.list(states, limit));
  }

  /**
   * Lists the operations that wait for a person, oldest first: unresolved ones, sold ones without a key, conflicts. At most
   * `limit`, 1000 by default.
   */
  unresolved(limit = 1000): Promise<Operation[]> {
    return this.#run(() => this.#operator.inNeed(limit));
  }

  /**
   * Records what a person has decided and done about an operation that waits for one. It calls neither the hub nor
   * `onSettled`.
   *
   * @throws A {@link QueueError}: `unknown-operation`, `wrong-state`, `invalid-option`.
   */
  resolve(txnId: string, resolution: Resolution, note: string): Promise<Operation> {
    return this.#run(async () => {
      const action = `Cannot resolve ${JSON.stringify(txnId)}`;
      if (resolution !== "delivered" && resolution !== "refunded") {
        const problem = `resolution must be delivered or refunded, is ${JSON.stringify(resolution)}`;
        throw new QueueError("invalid-option", `${action}: ${problem}`);
      }
      if (typeof note !== "string" || note.trim() === "") {
        throw new QueueError("invalid-option", `${action}: a note must say why`);
      }
      const { state, attention } = await this.#operator.existing(txnId);
      if (!(await this.#operator.resolve(txnId, resolution, note))) {
        const isSold = attention === "key-missing";
        const why = isSold ? "sold: ask the hub for its key, and do not refund" : `${state}, nothing left to do`;
        throw new QueueError("wrong-state", `${action} as ${resolution}: it is ${why}`);
      }
      return this.#operator.existing(txnId);
    });
  }

  /** Asks again about unresolved operations, all or one, with a fresh count of attempts. Returns how many there were. */
  redrive(txnId?: string): Promise<number> {
    return this.#run(() => this.#operator.redrive(txnId));
  }

  /**
   * Asks the hub about one operation now, outside of the schedule and without using an attempt. A decision settles the
   * operation; one that contradicts its settlement is a `conflict`.
   *
   * @throws A {@link QueueError}: `unknown-operation`.
   */
  ask(txnId: string): Promise<Operation> {
    return this.#run(async () => {
      await this.#operator.existing(txnId);
      const decision = decisionOfStatus(await this.#client.status({ txn_id: txnId }));
      if (decision) await this.#store.settleOrKeep(txnId, decision);
      return this.#operator.existing(txnId);
    });
  }

  /** Counts open operations and those that wait for a person, of all processes, and the work of this one. */
  counts(): Promise<Counts> {
    return this.#run(async () => ({
      ...(await this.#operator.counts()),
      settled: { ...this.#settled },
      checks: this.#worker.checks,
    }));
  }

  /** Runs work that `stop()` waits for. */
  #run<T>(work: () => Promise<T>, usesGivenDb = false): Promise<T> {
    if (isInTransaction() && !usesGivenDb) {
      const problem = "it would wait for that transaction; use the given tx, or call the queue afterwards";
      const message = `Cannot use the queue inside a transaction of its own: ${problem}`;
      return Promise.reject(new QueueError("inside-transaction", message));
    }
    if (this.#stopped) return Promise.reject(new QueueError("closed", "The queue was stopped"));
    const running = work();
    this.#work.add(running);
    void running.catch(() => {}).finally(() => this.#work.delete(running));
    return running;
  }

  /** Emits an event. A listener that throws must not undo the event. */
  #notify<Event extends keyof RetryQueueEvents>(event: Event, args: RetryQueueEvents[Event]): void {
    if (event === "settled") this.#settled[(args[0] as Settlement).outcome]++;
    try {
      (this.emit as (event: string, ...args: unknown[]) => boolean)(event, ...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
