import { EventEmitter } from "node:events";
import type { Client, PayResult } from "@codegames/client";
import { describeIssue, type Encodable, type PayRequest, PayRequestCodec, StatusRequestCodec } from "@codegames/contract";
import { type Db, isInTransaction } from "./database.ts";
import { type AuditEvent, Backlog, type OpenCounts, type Schedule } from "./backlog.ts";
import { Claims } from "./claims.ts";
import { makeQueues } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { answerOf, type Answer, type Operation, type OperationState } from "./operation.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueContext } from "./queue-context.ts";
import { decisionOfPay, decisionOfStatus, type Decision as Decided, type Settlement } from "./settlement.ts";
import { Sleeper } from "./sleeper.ts";
import { Worker } from "./worker.ts";

export interface PayOptions {
  /**
   * Whether a product key must come with it (reading B6). Default: a pay that is answered without one has succeeded, and
   * one that `/status` settles lacks it.
   */
  expectsKey?: boolean;
}

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

/**
 * - `settled`: an operation was settled, and the transaction of it is committed.
 * - `key-missing`, `unresolved`, `conflict`: a person must look; `alarm`: an operator must, such as at wrong credentials.
 * - `settlement-failed`: `onSettled` or the database failed; it is tried again.
 * - `paused`, `resumed`: the hub was found to be down, and to be up again.
 * - `database-failed`: a database error; what it was for is tried again.
 */
export type RetryQueueEvents = {
  settled: [settlement: Settlement];
  "key-missing": [settlement: Settlement];
  unresolved: [operation: { txn_id: string }];
  conflict: [conflict: { txn_id: string; settled: string; answered: string }];
  alarm: [alarm: { txn_id: string; answer: Answer; detail: string }];
  "settlement-failed": [failure: { txn_id: string; error: unknown }];
  paused: [pause: { reason: string }];
  resumed: [];
  "database-failed": [error: unknown];
};

/** What became of a pay: the operation, and what this call of `pay()` has seen of it. */
export interface Payment extends Operation {
  /** The answer to the request, when this call sent it. */
  readonly result: PayResult | undefined;
}

/** A durable queue of the operations of a merchant with a hub. Made by `openRetryQueue`. */
export class RetryQueue extends EventEmitter<RetryQueueEvents> {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay" | "status">;
  readonly #ledger: Ledger;
  readonly #claims: Claims;
  readonly #backlog: Backlog;
  readonly #worker: Worker;
  readonly #sleeper: Sleeper;
  readonly #work = new Set<Promise<unknown>>();
  readonly #settled = { succeeded: 0, rejected: 0, cancelled: 0 };
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Pick<Client, "pay" | "status">, parts: Omit<QueueContext, "emit">) {
    super();
    this.#client = neverRejecting(client);
    this.#context = { ...parts, emit: (event, ...args) => this.#tell(event, args) };
    this.#sleeper = new Sleeper(parts.clock);
    this.#ledger = new Ledger(this.#context);
    this.#backlog = new Backlog(this.#context);
    this.#claims = new Claims(this.#context, this.#ledger);
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
    return this.#run(() => this.#pay(request, options));
  }

  async #pay(request: Encodable<PayRequest>, { expectsKey }: PayOptions): Promise<Payment> {
    const encoded = PayRequestCodec.encode(request);
    if (!encoded.ok) throw new QueueError("invalid-request", `Cannot pay: ${encoded.issue.pointer || "the request"} ${describeIssue(encoded.issue)}`);
    const { txn_id } = request;
    checkText("pay", txn_id);
    const sentBy = this.#context.clock.now() + this.#context.policy.payTimeoutSeconds * 1000;
    const known = await this.#ledger.add(txn_id, encoded.text, expectsKey);
    if (known) {
      if (known.request !== null && known.request !== encoded.text) {
        throw new QueueError("conflicting-request", `Cannot pay ${JSON.stringify(txn_id)}: this txn_id is known with another request; a changed request needs a new txn_id`);
      }
      if (known.state !== "not-sent" || known.request === null || !(await this.#ledger.reopen(known))) return this.#payment(txn_id, undefined);
    }
    // A process that slept meanwhile must not send what others have settled since.
    if (this.#context.clock.now() >= sentBy) return this.#payment(txn_id, undefined);
    // Its time is over then, whatever the client's own is: from then on others may ask, and believe what they are told.
    const cutoff = new AbortController();
    const timer = this.#context.clock.setTimeout(() => cutoff.abort(), sentBy - this.#context.clock.now());
    const result = await this.#client.pay(request, { signal: cutoff.signal }).finally(() => this.#context.clock.clearTimeout(timer));
    const decision = decisionOfPay(result);
    if (decision) {
      const settlement = await this.#settleForSure(txn_id, decision);
      const payment = await this.#payment(txn_id, result);
      return settlement ? { ...payment, settlement } : payment;
    }
    // It was sent: whatever the database says now, the job that was written before asks about it.
    await this.#ledger.keepOpen(txn_id, result).catch((error: unknown) => this.#context.emit("database-failed", error));
    if (result.outcome === "unknown" && (result.reason === "request-refused" || result.reason === "mismatch")) {
      this.#context.emit("alarm", { txn_id, answer: answerOf(result), detail: result.detail });
    }
    return this.#payment(txn_id, result);
  }

  /** What there is to tell, even when the database fails after the pay was sent. */
  async #payment(txnId: string, result: PayResult | undefined): Promise<Payment> {
    try {
      return { ...(await this.#existing(txnId)), result };
    } catch (error) {
      if (!result) throw error;
      this.#context.emit("database-failed", error);
      const unknown = { attention: undefined, request: undefined, createdAt: new Date(this.#context.clock.now()), settledAt: undefined, payAnswer: undefined, settlement: undefined };
      return { txn_id: txnId, operationId: this.#ledger.idOf(txnId), state: "pending", ...unknown, result };
    }
  }

  /** Tries until it is settled: in front of the caller once, and then behind. */
  async #settleForSure(txnId: string, decision: Decided): Promise<Settlement | undefined> {
    const attempt = async () => {
      try {
        return { settlement: await this.#ledger.settleOrKeep(txnId, decision), isDone: !this.#ledger.isHeld(txnId) };
      } catch (error) {
        this.#context.emit("database-failed", error);
        return { settlement: undefined, isDone: false };
      }
    };
    const first = await attempt();
    if (!first.isDone) {
      void this.#run(async () => {
        for (let waitMs = 1000; !this.#stopped; waitMs = Math.min(waitMs * 2, (this.#context.policy.periodSeconds * 1000) / 4)) {
          await this.#sleeper.sleep(waitMs);
          if ((await attempt()).isDone) return;
        }
        await attempt();
      }).catch(() => {});
    }
    return first.settlement;
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
      this.#sleeper.wakeAll();
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
      const { state, attention } = await this.#existing(txnId);
      if (!(await this.#backlog.resolve(txnId, decision, note))) {
        const why = attention === "key-missing" ? "sold: its key is to be had from the hub, and no money goes back" : `${state}, and waits for nobody`;
        throw new QueueError("wrong-state", `Cannot resolve ${JSON.stringify(txnId)} as ${decision}: it is ${why}`);
      }
      return this.#existing(txnId);
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
      await this.#existing(txnId);
      const decision = decisionOfStatus(await this.#client.status({ txn_id: txnId }));
      if (decision) await this.#ledger.settleOrKeep(txnId, decision);
      return this.#existing(txnId);
    });
  }

  /** What is open and what needs a person, over all processes; what was done, by this one. */
  counts(): Promise<Counts> {
    return this.#run(async () => ({ ...(await this.#backlog.counts()), settled: { ...this.#settled }, checks: this.#worker.checks }));
  }

  async #existing(txnId: string): Promise<Operation> {
    const operation = await this.#backlog.find(txnId);
    if (!operation) throw new QueueError("unknown-operation", `There is no operation with txn_id ${JSON.stringify(txnId)} in the queue ${this.#context.name}`);
    return operation;
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

/** A client of one's own may reject: whether the request left is not known then. */
function neverRejecting(client: Pick<Client, "pay" | "status">): Pick<Client, "pay" | "status"> {
  const unknown = (error: unknown) => ({
    outcome: "unknown", reason: "connection", status: undefined, httpStatus: undefined, retryAfterMs: undefined, problem: undefined,
    detail: `the client rejected (${error instanceof Error ? error.name : typeof error})`, attemptId: "", elapsedMs: 0,
  }) as const;
  return {
    pay: async (request, options) => client.pay(request, options).catch(unknown),
    status: async (request, options) => client.status(request, options).catch(unknown),
  };
}

/** What PostgreSQL cannot hold as text. */
function checkText(what: string, txnId: string): void {
  if (!txnId.isWellFormed() || txnId.includes("\0")) throw new QueueError("invalid-request", `Cannot ${what}: txn_id must be Unicode text without NUL`);
}
