import type { Client, PayResult } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, PayRequestCodec, StatusRequestCodec } from "@codegames/contract";
import { type Decision, decisionOfPay } from "../operations/decision.ts";
import { limitRetryAfterMs } from "../operations/jobs.ts";
import { operationIdOf } from "../operations/operation-id.ts";
import type { OperationReader } from "../operations/operation-reader.ts";
import type { AddResult, Intent, OperationStore } from "../operations/operation-store.ts";
import { type Operation, type OperationRow, summarise } from "../operations/operation.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import type { SettlementResult, Settlements } from "../operations/settlements.ts";
import { QueueError } from "../queue-error.ts";
import { Sleeper } from "../sleeper.ts";
import type { Db } from "../storage/db.ts";
import { inBatches } from "../storage/in-batches.ts";

export interface PayOptions {
  /**
   * Whether the product has a key (interpretation B6): `true` makes an answer without one a `key-missing`, `false` is
   * for a top-up, which has none. Without this option, a pay answered without a key has succeeded, but one that
   * `/status` settles lacks its key.
   */
  expectsKey?: boolean;
}

export interface WatchOptions extends PayOptions {
  /** Your own transaction: the operation exists if, and only if, it commits. */
  db?: Db;
}

/** The operation after `pay()`, and the answer that this call received. */
export interface PayOutcome extends Operation {
  /** The answer to the request; undefined when this call sent none. */
  readonly result: PayResult | undefined;
}

/** Sends pays, each at most once, and settles what their answers decide. */
export class Payments {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay">;
  readonly #reader: OperationReader;
  readonly #store: OperationStore;
  readonly #settlements: Settlements;
  /** Writes an intent to disk, in one commit those that meet. */
  readonly #add: (intent: Intent) => Promise<AddResult>;
  readonly #sleeper: Sleeper;
  #isStopping = false;

  constructor(
    context: QueueContext,
    client: Pick<Client, "pay">,
    reader: OperationReader,
    store: OperationStore,
    settlements: Settlements,
  ) {
    this.#context = context;
    this.#client = client;
    this.#reader = reader;
    this.#store = store;
    this.#settlements = settlements;
    const addAll = (intents: readonly Intent[]) => context.storage.transaction((tx) => store.addPending(tx, intents));
    this.#add = inBatches(context.clock, addAll);
    this.#sleeper = new Sleeper(context.clock);
  }

  /** Makes one last attempt at every pending settlement, then stops. */
  stop(): void {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
  }

  async pay(request: Encodable<PayRequest>, { expectsKey }: PayOptions): Promise<PayOutcome> {
    const { clock, policy } = this.#context;
    const intent = { txnId: request.txn_id, request: encodeRequest(request), expectsKey };
    const sendBeforeMs = clock.now() + policy.payTimeoutSeconds * 1000;
    const isToSend = await this.#intend(intent);
    // This process may have slept: another one may have settled the operation since.
    if (!isToSend || clock.now() >= sendBeforeMs) return this.#outcome(intent.txnId, undefined);
    const result = await this.#send(request, sendBeforeMs);
    const decision = decisionOfPay(result);
    if (!decision) {
      await this.#noteUndecided(intent.txnId, result);
      return this.#outcome(intent.txnId, result);
    }
    const settled = await this.#settleWithRetries(intent.txnId, decision);
    if (settled.kind !== "settled") return this.#outcome(intent.txnId, result);
    return { ...settled.operation, settlement: settled.settlement, result };
  }

  /** Adds an operation whose pay somebody else sends, in the caller's transaction or in its own. */
  async watch(txnId: string, { expectsKey }: PayOptions, db: Db | undefined): Promise<void> {
    const encoded = StatusRequestCodec.encode({ txn_id: txnId });
    if (!encoded.ok) throw invalidRequest("watch", encoded.issue);
    checkTxnId("watch", txnId);
    const add = (tx: Db) => this.#store.addPending(tx, [{ txnId, request: undefined, expectsKey }]);
    await (db ? add(db) : this.#context.storage.transaction(add));
  }

  /** Writes the intent to disk. Returns whether the pay is to be sent: it is new, or did not leave before. */
  async #intend(intent: Intent): Promise<boolean> {
    const added = await this.#add(intent);
    if (added.kind !== "known") return true;
    checkSameRequest(added.row, intent);
    const canBeSent = added.row.state === "not-sent" && added.row.request !== null;
    return canBeSent && this.#context.storage.transaction((tx) => this.#store.reopen(tx, intent.txnId));
  }

  /** Sends the pay. It ends at `sendBeforeMs` even if the client's own timeout is longer: others ask from then on. */
  async #send(request: Encodable<PayRequest>, sendBeforeMs: number): Promise<PayResult> {
    const { clock } = this.#context;
    const cutoff = new AbortController();
    const timer = clock.setTimeout(() => cutoff.abort(), sendBeforeMs - clock.now());
    return this.#client.pay(request, { signal: cutoff.signal }).finally(() => clock.clearTimeout(timer));
  }

  /** Stores an answer that decides nothing. If that fails, the job that was written before the pay asks about it. */
  async #noteUndecided(txnId: string, result: PayResult): Promise<void> {
    const { policy, emit, storage } = this.#context;
    const answer = summarise(result);
    const askedMs = "retryAfterMs" in result ? limitRetryAfterMs(policy, result.retryAfterMs) : 0;
    const write = async (tx: Db) => {
      if (result.outcome === "not-sent") await this.#store.markNotSent(tx, txnId, answer);
      else await this.#store.noteAnswer(tx, txnId, answer, askedMs);
    };
    await storage.transaction(write).catch((error: unknown) => emit("database-failed", error));
    if (result.outcome === "unknown" && (result.reason === "request-refused" || result.reason === "mismatch")) {
      emit("alarm", { txn_id: txnId, answer, detail: result.detail });
    }
  }

  /** Reads the operation. If the database fails after the pay was sent, uses what this process knows. */
  async #outcome(txnId: string, result: PayResult | undefined): Promise<PayOutcome> {
    try {
      return { ...(await this.#reader.existing(txnId)), result };
    } catch (error) {
      if (!result) throw error;
      this.#context.emit("database-failed", error);
      return {
        txn_id: txnId,
        operationId: operationIdOf(this.#context.name, txnId),
        state: "pending",
        attention: undefined,
        request: undefined,
        createdAt: new Date(this.#context.clock.now()),
        settledAt: undefined,
        payAnswer: undefined,
        settlement: undefined,
        result,
      };
    }
  }

  /** Tries to settle once while the caller waits, then in the background until it succeeds. */
  async #settleWithRetries(txnId: string, decision: Decision): Promise<SettlementResult> {
    const attempt = async (): Promise<SettlementResult> => {
      try {
        return await this.#settlements.settleOrKeep(txnId, decision);
      } catch (error) {
        this.#context.emit("database-failed", error);
        return { kind: "kept" };
      }
    };
    const first = await attempt();
    if (first.kind !== "kept") return first;
    const longestWaitMs = (this.#context.policy.periodSeconds * 1000) / 4;
    this.#context.background.run(async () => {
      for (let waitMs = 1000; !this.#isStopping; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
        await this.#sleeper.sleep(waitMs);
        if ((await attempt()).kind !== "kept") return;
      }
      await attempt();
    });
    return first;
  }
}

/** Returns the JSON of a request. */
function encodeRequest(request: Encodable<PayRequest>): string {
  const encoded = PayRequestCodec.encode(request);
  if (!encoded.ok) throw invalidRequest("pay", encoded.issue);
  checkTxnId("pay", request.txn_id);
  return encoded.text;
}

const invalidRequest = (action: string, issue: Parameters<typeof describeIssue>[0]) =>
  new QueueError("invalid-request", `Cannot ${action}: ${issue.pointer || "the request"} ${describeIssue(issue)}`);

/** Refuses a txn_id that PostgreSQL cannot store as text. */
function checkTxnId(action: string, txnId: string): void {
  if (txnId.isWellFormed() && !txnId.includes("\0")) return;
  throw new QueueError("invalid-request", `Cannot ${action}: txn_id must be Unicode text without NUL`);
}

/** Refuses a request under a `txn_id` that is known with another one; a pay that somebody else sent is any request. */
function checkSameRequest(known: OperationRow, { txnId, request }: Intent): void {
  if (known.request === null || known.request === request) return;
  throw new QueueError(
    "conflicting-request",
    `Cannot pay ${JSON.stringify(txnId)}: this txn_id is known with another request; ` +
      "a changed request needs a new txn_id",
  );
}
