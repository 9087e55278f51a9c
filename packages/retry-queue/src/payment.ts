import type { Client, PayResult } from "@codegames/client";
import { describeIssue, type Encodable } from "@codegames/codec";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import type { Backlog } from "./backlog.ts";
import type { Ledger } from "./ledger.ts";
import { answerOf, type Operation } from "./operation.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueError } from "./queue-error.ts";
import { type Decision, decisionOfPay, type Settlement } from "./settlement.ts";
import { Sleeper } from "./sleeper.ts";

export interface PayOptions {
  /**
   * Whether a product key must come with it (interpretation B6). Default: a pay that is answered without one has succeeded, and
   * one that `/status` settles lacks it.
   */
  expectsKey?: boolean;
}

/** What became of a pay: the operation, and what this call of `pay()` has seen of it. */
export interface Payment extends Operation {
  /** The answer to the request, when this call sent it. */
  readonly result: PayResult | undefined;
}

/** Sends pays, each at most once, and settles what their answers decide. */
export class Payments {
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "pay">;
  readonly #ledger: Ledger;
  readonly #backlog: Backlog;
  readonly #keepBusy: (work: () => Promise<void>) => void;
  readonly #sleeper: Sleeper;
  #isStopping = false;

  /** `keepBusy` runs a work that the end of the queue waits for. */
  constructor(context: QueueContext, client: Pick<Client, "pay">, ledger: Ledger, backlog: Backlog, keepBusy: (work: () => Promise<void>) => void) {
    this.#context = context;
    this.#client = client;
    this.#ledger = ledger;
    this.#backlog = backlog;
    this.#keepBusy = keepBusy;
    this.#sleeper = new Sleeper(context.clock);
  }

  /** Has what is still to be settled tried once more, and no longer. */
  stop(): void {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
  }

  async pay(request: Encodable<PayRequest>, { expectsKey }: PayOptions): Promise<Payment> {
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
      return { ...(await this.#backlog.existing(txnId)), result };
    } catch (error) {
      if (!result) throw error;
      this.#context.emit("database-failed", error);
      const unknown = { attention: undefined, request: undefined, createdAt: new Date(this.#context.clock.now()), settledAt: undefined, payAnswer: undefined, settlement: undefined };
      return { txn_id: txnId, operationId: this.#ledger.idOf(txnId), state: "pending", ...unknown, result };
    }
  }

  /** Tries until it is settled: in front of the caller once, and then behind. */
  async #settleForSure(txnId: string, decision: Decision): Promise<Settlement | undefined> {
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
      this.#keepBusy(async () => {
        for (let waitMs = 1000; !this.#isStopping; waitMs = Math.min(waitMs * 2, (this.#context.policy.periodSeconds * 1000) / 4)) {
          await this.#sleeper.sleep(waitMs);
          if ((await attempt()).isDone) return;
        }
        await attempt();
      });
    }
    return first.settlement;
  }
}

/** What PostgreSQL cannot hold as text. */
export function checkText(what: string, txnId: string): void {
  if (!txnId.isWellFormed() || txnId.includes("\0")) throw new QueueError("invalid-request", `Cannot ${what}: txn_id must be Unicode text without NUL`);
}
