import type { Client, PayResult } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import type { Operator } from "./operator.ts";
import type { OperationStore } from "./operation-store.ts";
import { type Operation, recordAnswer } from "./operation.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueError } from "./queue-error.ts";
import { type Decision, decisionOfPay, type Settlement } from "./settlement.ts";
import { Sleeper } from "./sleeper.ts";

/** Options of `pay()`. */
export interface PayOptions {
  /**
   * Whether the product has a key (interpretation B6). The protocol does not say so; your catalogue must.
   *
   * @default unset: a pay answered without a key has succeeded, and one that `/status` settles lacks its key
   */
  expectsKey?: boolean;
}

/** The operation after a call of `pay()`. */
export interface PayOutcome extends Operation {
  /** The client's result, if this call sent the request. */
  readonly result: PayResult | undefined;
}

/** Sends each pay at most once, and settles the decisions of the answers. */
export class Payments {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay">;
  readonly #store: OperationStore;
  readonly #operator: Operator;
  readonly #runInBackground: (work: () => Promise<void>) => void;
  readonly #sleeper: Sleeper;
  #isStopping = false;

  /** `runInBackground` runs work that the end of the queue waits for. */
  constructor(
    context: QueueContext,
    client: Pick<Client, "pay">,
    store: OperationStore,
    operator: Operator,
    runInBackground: (work: () => Promise<void>) => void,
  ) {
    this.#context = context;
    this.#client = client;
    this.#store = store;
    this.#operator = operator;
    this.#runInBackground = runInBackground;
    this.#sleeper = new Sleeper(context.clock);
  }

  /** Makes one last attempt at every pending settlement, then stops. */
  stop(): void {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
  }

  async pay(request: Encodable<PayRequest>, { expectsKey }: PayOptions): Promise<PayOutcome> {
    const encoded = PayRequestCodec.encode(request);
    if (!encoded.ok) {
      const place = encoded.issue.pointer || "the request";
      throw new QueueError("invalid-request", `Cannot pay: ${place} ${describeIssue(encoded.issue)}`);
    }
    const { txn_id } = request;
    checkText("pay", txn_id);
    const sentBy = this.#context.clock.now() + this.#context.policy.payTimeoutSeconds * 1000;
    const known = await this.#store.add(txn_id, encoded.text, expectsKey);
    if (known) {
      if (known.request !== null && known.request !== encoded.text) {
        const problem = "this txn_id is known with another request; a changed request needs a new txn_id";
        throw new QueueError("conflicting-request", `Cannot pay ${JSON.stringify(txn_id)}: ${problem}`);
      }
      const isUnsent = known.state === "not-sent" && known.request !== null;
      if (!isUnsent || !(await this.#store.reopen(known))) return this.#outcome(txn_id, undefined);
    }
    // A process that was suspended meanwhile must not send a pay that others have settled since.
    if (this.#context.clock.now() >= sentBy) return this.#outcome(txn_id, undefined);
    const result = await this.#send(request, sentBy);
    const decision = decisionOfPay(result);
    if (decision) {
      const settlement = await this.#settleForSure(txn_id, decision);
      const outcome = await this.#outcome(txn_id, result);
      return settlement ? { ...outcome, settlement } : outcome;
    }
    // The pay was sent. Even if the database fails now, the job that was stored before asks about it.
    await this.#store.keepOpen(txn_id, result).catch((error: unknown) => this.#context.emit("database-failed", error));
    if (result.outcome === "unknown" && (result.reason === "request-refused" || result.reason === "mismatch")) {
      this.#context.emit("alarm", { txn_id, answer: recordAnswer(result), detail: result.detail });
    }
    return this.#outcome(txn_id, result);
  }

  /** Sends the pay. It ends at a fixed time, whatever the client's timeout is, because from then on others may ask `/status`. */
  async #send(request: Encodable<PayRequest>, endMs: number): Promise<PayResult> {
    const { clock } = this.#context;
    const cutoff = new AbortController();
    const timer = clock.setTimeout(() => cutoff.abort(), endMs - clock.now());
    return this.#client.pay(request, { signal: cutoff.signal }).finally(() => clock.clearTimeout(timer));
  }

  /** Reads the operation, or makes one up when the database fails after the pay was sent. */
  async #outcome(txnId: string, result: PayResult | undefined): Promise<PayOutcome> {
    try {
      return { ...(await this.#operator.existing(txnId)), result };
    } catch (error) {
      if (!result) throw error;
      this.#context.emit("database-failed", error);
      return {
        txn_id: txnId,
        operationId: this.#store.idOf(txnId),
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

  /** Settles a decision: once while the caller waits, and after a failure again and again in the background. */
  async #settleForSure(txnId: string, decision: Decision): Promise<Settlement | undefined> {
    const attempt = async () => {
      try {
        const settlement = await this.#store.settleOrKeep(txnId, decision);
        return { settlement, isDone: !this.#store.isHeld(txnId) };
      } catch (error) {
        this.#context.emit("database-failed", error);
        return { settlement: undefined, isDone: false };
      }
    };
    const first = await attempt();
    if (!first.isDone) {
      this.#runInBackground(async () => {
        const maxWaitMs = (this.#context.policy.periodSeconds * 1000) / 4;
        for (let waitMs = 1000; !this.#isStopping; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
          await this.#sleeper.sleep(waitMs);
          if ((await attempt()).isDone) return;
        }
        await attempt();
      });
    }
    return first.settlement;
  }
}

/** @throws A {@link QueueError} for an id that PostgreSQL cannot store as text. */
export function checkText(what: string, txnId: string): void {
  if (txnId.isWellFormed() && !txnId.includes("\0")) return;
  throw new QueueError("invalid-request", `Cannot ${what}: txn_id must be Unicode text without NUL`);
}
