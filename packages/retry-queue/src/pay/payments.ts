import type { Client, PayResult } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import type { OperationStore } from "../operations/operation-store.ts";
import { type Operation, summarise } from "../operations/operation.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import { type Decision, decisionOfPay, type Settlement } from "../operations/settlement.ts";
import type { Operator } from "../operator/operator.ts";
import { QueueError } from "../queue-error.ts";
import { Sleeper } from "../sleeper.ts";

export interface PayOptions {
  /**
   * Whether the product has a key (interpretation B6): `true` makes an answer without one a `key-missing`, `false` is
   * for a top-up, which has none. Without this option, a pay answered without a key has succeeded, but one that
   * `/status` settles lacks its key.
   */
  expectsKey?: boolean;
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
  readonly #store: OperationStore;
  readonly #operator: Operator;
  readonly #sleeper: Sleeper;
  #isStopping = false;

  constructor(context: QueueContext, client: Pick<Client, "pay">, store: OperationStore, operator: Operator) {
    this.#context = context;
    this.#client = client;
    this.#store = store;
    this.#operator = operator;
    this.#sleeper = new Sleeper(context.clock);
  }

  /** Makes one last attempt at every pending settlement, then stops. */
  stop(): void {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
  }

  async pay(request: Encodable<PayRequest>, { expectsKey }: PayOptions): Promise<PayOutcome> {
    const { clock, policy, emit } = this.#context;
    const encoded = PayRequestCodec.encode(request);
    if (!encoded.ok) {
      const { issue } = encoded;
      throw new QueueError("invalid-request", `Cannot pay: ${issue.pointer || "the request"} ${describeIssue(issue)}`);
    }
    const { txn_id: txnId } = request;
    checkTxnId("pay", txnId);
    const sendBeforeMs = clock.now() + policy.payTimeoutSeconds * 1000;
    const known = await this.#store.add(txnId, encoded.text, expectsKey);
    if (known) {
      if (known.request !== null && known.request !== encoded.text) {
        throw new QueueError(
          "conflicting-request",
          `Cannot pay ${JSON.stringify(txnId)}: this txn_id is known with another request; ` +
            "a changed request needs a new txn_id",
        );
      }
      const canBeSent = known.state === "not-sent" && known.request !== null;
      if (!canBeSent || !(await this.#store.reopen(known))) return this.#outcome(txnId, undefined);
    }
    // This process may have slept: another one may have settled the operation since.
    if (clock.now() >= sendBeforeMs) return this.#outcome(txnId, undefined);
    // The pay ends here even if the client's own timeout is longer: other processes ask about it from then on.
    const cutoff = new AbortController();
    const timer = clock.setTimeout(() => cutoff.abort(), sendBeforeMs - clock.now());
    const result = await this.#client.pay(request, { signal: cutoff.signal }).finally(() => clock.clearTimeout(timer));
    const decision = decisionOfPay(result);
    if (decision) {
      const settlement = await this.#settleWithRetries(txnId, decision);
      const outcome = await this.#outcome(txnId, result);
      return settlement ? { ...outcome, settlement } : outcome;
    }
    // If this write fails, the job that was written before the pay asks about it.
    await this.#store.keepOpen(txnId, result).catch((error: unknown) => emit("database-failed", error));
    if (result.outcome === "unknown" && (result.reason === "request-refused" || result.reason === "mismatch")) {
      emit("alarm", { txn_id: txnId, answer: summarise(result), detail: result.detail });
    }
    return this.#outcome(txnId, result);
  }

  /** Reads the operation. If the database fails after the pay was sent, uses what this process knows. */
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

  /** Tries to settle once while the caller waits, then in the background until it succeeds. */
  async #settleWithRetries(txnId: string, decision: Decision): Promise<Settlement | undefined> {
    const attempt = async () => {
      try {
        const settlement = await this.#store.settleOrKeep(txnId, decision);
        return { settlement, isDone: !this.#store.isKept(txnId) };
      } catch (error) {
        this.#context.emit("database-failed", error);
        return { settlement: undefined, isDone: false };
      }
    };
    const first = await attempt();
    if (!first.isDone) {
      const longestWaitMs = (this.#context.policy.periodSeconds * 1000) / 4;
      this.#context.background.run(async () => {
        for (let waitMs = 1000; !this.#isStopping; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
          await this.#sleeper.sleep(waitMs);
          if ((await attempt()).isDone) return;
        }
        await attempt();
      });
    }
    return first.settlement;
  }
}

/** Refuses a txn_id that PostgreSQL cannot store as text. */
export function checkTxnId(action: string, txnId: string): void {
  if (txnId.isWellFormed() && !txnId.includes("\0")) return;
  throw new QueueError("invalid-request", `Cannot ${action}: txn_id must be Unicode text without NUL`);
}
