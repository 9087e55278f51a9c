import { EventEmitter } from "node:events";
import type { Client } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, StatusRequestCodec } from "@codegames/contract";
import { type AuditEvent, Backlog, type OpenCounts, type Schedule } from "./backlog.ts";
import { Claims } from "./claims.ts";
import { type Db, isInTransaction } from "./database.ts";
import type { RetryQueueEvents } from "./events.ts";
import { makeQueues } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { neverRejecting } from "./never-rejecting.ts";
import type { Operation, OperationState } from "./operation.ts";
import { checkText, type Payment, Payments, type PayOptions } from "./payment.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueContext } from "./queue-context.ts";
import { decisionOfStatus, type Settlement } from "./settlement.ts";
import { Worker } from "./worker.ts";

export interface WatchOptions extends PayOptions {
  /** A transaction of yours: the operation is there if, and only if, it commits. */
  db?: Db;
}

/** What a person found out: `delivered` when the product was sold, `refunded` when it was not. */
export type Decision = "delivered" | "refunded";

export interface Counts extends OpenCounts {
  /** Since this process opened the queue. */
  settled: { succeeded: number; rejected: number; cancelled: number };
  /** Calls of `/status` that were sent, since this process opened the queue. */
  checks: number;
}

/** A durable queue of the operations of a merchant with a hub. Made by `openRetryQueue`. */
export class RetryQueue extends EventEmitter<RetryQueueEvents> {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay" | "status">;
  readonly #ledger: Ledger;
  readonly #claims: Claims;
  readonly #backlog: Backlog;
  readonly #worker: Worker;
  readonly #payments: Payments;
  readonly #work = new Set<Promise<unknown>>();
  readonly #settled = { succeeded: 0, rejected: 0, cancelled: 0 };
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Pick<Client, "pay" | "status">, parts: Omit<QueueContext, "emit">) {
    super();
    this.#client = neverRejecting(client);
    this.#context = { ...parts, emit: (event, ...args) => this.#tell(event, args) };
    this.#ledger = new Ledger(this.#context);
    this.#backlog = new Backlog(this.#context);
    this.#claims = new Claims(this.#context, this.#ledger);
    this.#payments = new Payments(this.#context, this.#client, this.#ledger, this.#backlog, (work) => void this.#run(work).catch(() => {}));
    this.#worker = new Worker(this.#context, this.#client, this.#ledger, this.#claims);
  }

  /** Its name, of the option `name`. */
  get name(): string {
    return this.#context.name;
  }

  /** @internal */
  prepare(): Promise<void> {
    return makeQueues(this.#context);
  }

  /**
   * Buys: writes the intent to disk, sends one `/pay`, and settles what its answer decides. What it does not decide stays
   * `pending`, and `/status` is asked, by this or another process, until it is settled. However often it is called with
   * one `txn_id`, one request at most reaches the hub: a repeat gives the operation as it is. Only a pay that did not leave
   * (`not-sent`) is sent when it is called again with the same request, within one period.
   *
   * Throws a `QueueError`: `invalid-request`, `conflicting-request` (the `txn_id` is known with another request), `closed`.
   * Rejects with the database's error when the intent could not be written: nothing was sent then.
   */
  pay(request: Encodable<PayRequest>, options: PayOptions = {}): Promise<Payment> {
    return this.#run(() => this.#payments.pay(request, options));
  }

  /**
   * Takes an operation on whose pay is sent elsewhere, now or within `payTimeoutSeconds`: `/status` is asked from one period
   * after that on. Known ones stay as they are.
   * Throws a `QueueError`: `invalid-request`, `closed`.
   */
  watch({ txn_id }: { txn_id: string }, { expectsKey, db }: WatchOptions = {}): Promise<void> {
    return this.#run(async () => {
      const encoded = StatusRequestCodec.encode({ txn_id });
      if (!encoded.ok) throw new QueueError("invalid-request", `Cannot watch: ${encoded.issue.pointer || "the request"} ${describeIssue(encoded.issue)}`);
      checkText("watch", txn_id);
      await this.#ledger.add(txn_id, undefined, expectsKey, db);
    }, db !== undefined);
  }

  /**
   * Runs SQL in a transaction of the queue's database: for tables of your own in the folder, and to `watch()` an operation
   * together with them. Nothing has happened when it rejects.
   */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#run(() => this.#context.storage.transaction(work));
  }

  /** Begins to ask about what is open. Operations whose job was deleted by hand get another one. */
  start(): Promise<void> {
    return this.#run(async () => {
      // What an earlier process on this folder had claimed when it ended.
      if (this.#context.storage.isExclusive && !this.#isStarted) await this.#claims.returnLapsed(true);
      this.#isStarted = true;
      await this.#backlog.replaceLostJobs();
      this.#worker.start();
    });
  }

  /**
   * Ends: no new calls, those under way are waited for and written down, and what was claimed and not asked is given back.
   * The database is closed, unless it is a pg-boss of yours. Can be called again.
   */
  stop(): Promise<void> {
    return (this.#stopped ??= (async () => {
      this.#payments.stop();
      await this.#worker.stop();
      while (this.#work.size > 0) await Promise.allSettled(this.#work);
      await this.#context.storage.close();
    })());
  }

  /** The operation with a `txn_id`; undefined when the queue does not know it. */
  get(txnId: string): Promise<Operation | undefined> {
    return this.#run(() => this.#backlog.find(txnId));
  }

  /** How often it was asked about, when it is next, and what a person did. */
  async trail({ txn_id, operationId }: Operation): Promise<Schedule & { events: AuditEvent[] }> {
    return this.#run(async () => ({ ...(await this.#backlog.schedule(operationId)), events: await this.#backlog.history(txn_id) }));
  }

  /** Operations by their states, the oldest first, at most `limit`, 1000 by default. */
  list(states: readonly OperationState[], limit = 1000): Promise<Operation[]> {
    return this.#run(() => this.#backlog.list(states, limit));
  }

  /** The operations that wait for a person, oldest first: unresolved ones, sold ones without a key, conflicts. At most `limit`, 1000 by default. */
  unresolved(limit = 1000): Promise<Operation[]> {
    return this.#run(() => this.#backlog.inNeed(limit));
  }

  /**
   * Writes down what a person has decided and done about an operation that waits for one. It calls nothing: not the hub,
   * not `onSettled`. Throws a `QueueError`: `unknown-operation`, `wrong-state`.
   */
  resolve(txnId: string, decision: Decision, note: string): Promise<Operation> {
    return this.#run(async () => {
      if (decision !== "delivered" && decision !== "refunded") throw new QueueError("invalid-option", `Cannot resolve ${JSON.stringify(txnId)}: decision must be delivered or refunded, is ${JSON.stringify(decision)}`);
      if (typeof note !== "string" || note.trim() === "") throw new QueueError("invalid-option", `Cannot resolve ${JSON.stringify(txnId)}: a note must say why`);
      const { state, attention } = await this.#backlog.existing(txnId);
      if (!(await this.#backlog.resolve(txnId, decision, note))) {
        const why = attention === "key-missing" ? "sold: its key is to be had from the hub, and no money goes back" : `${state}, and waits for nobody`;
        throw new QueueError("wrong-state", `Cannot resolve ${JSON.stringify(txnId)} as ${decision}: it is ${why}`);
      }
      return this.#backlog.existing(txnId);
    });
  }

  /** Has unresolved operations asked about again, all or one, with all attempts anew. Gives how many there were. */
  redrive(txnId?: string): Promise<number> {
    return this.#run(() => this.#backlog.redrive(txnId));
  }

  /**
   * Asks the hub about one operation now, beside the schedule and without using an attempt: a decision settles it; one that
   * says the opposite of its settlement is a `conflict`. Throws a `QueueError`: `unknown-operation`.
   */
  ask(txnId: string): Promise<Operation> {
    return this.#run(async () => {
      await this.#backlog.existing(txnId);
      const decision = decisionOfStatus(await this.#client.status({ txn_id: txnId }));
      if (decision) await this.#ledger.settleOrKeep(txnId, decision);
      return this.#backlog.existing(txnId);
    });
  }

  /** What is open and what needs a person, over all processes; what was done, by this one. */
  counts(): Promise<Counts> {
    return this.#run(async () => ({ ...(await this.#backlog.counts()), settled: { ...this.#settled }, checks: this.#worker.checks }));
  }

  /** What stop() waits for. */
  #run<T>(work: () => Promise<T>, usesGivenDb = false): Promise<T> {
    if (isInTransaction() && !usesGivenDb) {
      return Promise.reject(new QueueError("inside-transaction", "Cannot use the queue inside a transaction of its own, which it would wait for: use the tx that is given, or call it afterwards"));
    }
    if (this.#stopped) return Promise.reject(new QueueError("closed", "The queue was stopped"));
    const running = work();
    this.#work.add(running);
    void running.catch(() => {}).finally(() => this.#work.delete(running));
    return running;
  }

  /** A listener that throws must not undo what it is told of. */
  #tell<Event extends keyof RetryQueueEvents>(event: Event, args: RetryQueueEvents[Event]): void {
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
