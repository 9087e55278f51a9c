import type { Client, PayResult, StatusResult } from "@codegames/client";
import { conceal } from "@codegames/codec";
import type { Random } from "./random.ts";
import type { SimClock } from "./sim-clock.ts";

/** How the pay of one transaction ends, on the network and at the provider. */
export const payPlans = [
  "answered",
  "refused",
  "lost on the way",
  "sold and lost",
  "sold late and lost",
  "sold, then 500",
  "not sold, and 500",
  "sold, and duplicate",
  "sold, and not found at first",
  "no key",
  "unreachable",
  "refused and lost",
] as const;
export type PayPlan = (typeof payPlans)[number];

interface Transaction {
  plan: PayPlan;
  pays: number;
  checks: number;
  /** Answers of `/status` before the true one, from a replica that lags behind. */
  lag: ("TXN_NOT_FOUND" | "HTTP 503")[];
  /** The state at the provider. */
  state: "unknown" | "undecided" | "sold" | "refused";
}

export interface SimHubOptions {
  clock: SimClock;
  random: Random;
  trace: (line: string) => void;
  payTimeoutMs: number;
  /** How often a status call fails. */
  failureRate: number;
  /** Whether pays that came together are answered together: their settlements meet then. */
  isInStep: boolean;
  outage: { fromMs: number; toMs: number };
}

/** A hub that keeps the rules of the protocol, behind a network that keeps none. */
export class SimHub {
  readonly transactions = new Map<string, Transaction>();
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #trace: (line: string) => void;
  readonly #payTimeoutMs: number;
  readonly #failureRate: number;
  readonly #outage: { fromMs: number; toMs: number };
  readonly #isInStep: boolean;

  constructor(options: SimHubOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#trace = options.trace;
    this.#payTimeoutMs = options.payTimeoutMs;
    this.#failureRate = options.failureRate;
    this.#outage = options.outage;
    this.#isInStep = options.isInStep;
  }

  /**
   * Plans a pay. A lagging replica answers one TXN_NOT_FOUND fewer than `notFoundAnswers`, HTTP 503, and the same
   * again.
   */
  plan(txnId: string, plan: PayPlan, notFoundAnswers: number): void {
    const notFound = Array.from({ length: notFoundAnswers - 1 }, () => "TXN_NOT_FOUND" as const);
    const lag: Transaction["lag"] =
      plan === "sold, and not found at first" ? [...notFound, "HTTP 503", ...notFound] : [];
    this.transactions.set(txnId, { plan, pays: 0, checks: 0, state: "unknown", lag });
  }

  /** Makes the client of one process, which can crash before a call leaves and before its answer is used. */
  client(passCrashPoint: (label: string) => Promise<void>): Pick<Client, "pay" | "status"> {
    return {
      pay: async ({ txn_id: txnId, product_id: productId }) => {
        await passCrashPoint("before pay");
        const result = await this.#pay(txnId, BigInt(productId));
        await passCrashPoint("after pay");
        return result;
      },
      status: async ({ txn_id: txnId }) => {
        await passCrashPoint("before status");
        const result = await this.#status(txnId);
        await passCrashPoint("after status");
        return result;
      },
    };
  }

  async #pay(txnId: string, productId: bigint): Promise<PayResult> {
    const transaction = this.transactions.get(txnId) as Transaction;
    if (transaction.plan === "unreachable") {
      // The next try reaches the hub.
      transaction.plan = this.#random.pick(["answered", "sold and lost", "refused"]);
      return notSent;
    }
    transaction.pays++;
    this.#trace(`pay ${txnId}: ${transaction.plan}`);
    return this.#follow(transaction, txnId, productId);
  }

  async #follow(transaction: Transaction, txnId: string, productId: bigint): Promise<PayResult> {
    const lateMs = this.#random.integer(0, this.#payTimeoutMs - 1);
    switch (transaction.plan) {
      case "answered":
      case "no key":
        decide(transaction, "sold");
        await this.#answerAfter(2000);
        return sale(txnId, productId, transaction.plan === "answered");
      case "refused":
        decide(transaction, "refused");
        await this.#answerAfter(2000);
        return answer({ outcome: "rejected", status: "WRONG_PRICE", body: { status: "WRONG_PRICE" } });
      case "refused and lost":
        decide(transaction, "refused");
        return this.#lost();
      case "lost on the way":
      case "unreachable":
        return this.#lost();
      case "sold and lost":
        decide(transaction, "sold");
        return this.#lost();
      case "sold late and lost":
        if (this.#random.chance(0.5)) decide(transaction, "undecided");
        this.#clock.setTimer(() => decide(transaction, "sold"), lateMs);
        return this.#lost();
      case "sold, then 500":
      case "sold, and not found at first":
        decide(transaction, "sold");
        return unknown("http-status", 500);
      case "not sold, and 500":
        return unknown("http-status", 500);
      case "sold, and duplicate":
        decide(transaction, "sold");
        return unknown("undecided", 200, "TXN_DUPLICATE");
    }
  }

  #answerAfter(mostMs: number): Promise<void> {
    return this.#clock.sleep(this.#isInStep ? mostMs : this.#random.integer(0, mostMs));
  }

  async #lost(): Promise<PayResult> {
    if (this.#random.chance(0.5)) return unknown("connection");
    await this.#clock.sleep(this.#payTimeoutMs);
    return unknown("timeout");
  }

  async #status(txnId: string): Promise<StatusResult> {
    const transaction = this.transactions.get(txnId);
    const now = this.#clock.now();
    const isOutage = now >= this.#outage.fromMs && now < this.#outage.toMs;
    if (isOutage && this.#random.chance(0.5)) return notSent;
    if (transaction) transaction.checks++;
    this.#trace(`status ${txnId}: ${transaction?.state}${isOutage ? ", in an outage" : ""}`);
    if (isOutage || this.#random.chance(this.#failureRate)) {
      return this.#random.pick([unknown("http-status", 503), unknown("connection"), unknown("malformed", 200)]);
    }
    await this.#answerAfter(1000);
    const lagging = transaction?.lag.shift();
    if (lagging === "HTTP 503") return unknown("http-status", 503);
    switch (lagging === undefined ? transaction?.state : "unknown") {
      case "sold":
        return succeeded({ partner_txn_id: `P-${txnId}` });
      case "refused":
        return answer({ outcome: "rejected", status: "TXN_CANCELED", body: { status: "TXN_CANCELED" } });
      case "undecided":
        return unknown("http-status", 503);
      default:
        return answer({ outcome: "absent", status: "TXN_NOT_FOUND", body: { status: "TXN_NOT_FOUND" } });
    }
  }
}

function decide(transaction: Transaction, state: Transaction["state"]): void {
  if (transaction.state === "unknown" || transaction.state === "undecided") transaction.state = state;
}

const attempt = { attemptId: "1", elapsedMs: 1, deviations: [] };
const notSent = { outcome: "not-sent", reason: "unreachable", detail: "there is no connection", ...attempt } as const;

type UnknownReason = "http-status" | "connection" | "timeout" | "malformed" | "undecided";

function unknown(reason: UnknownReason, httpStatus?: number, status?: string) {
  const noDetails = { retryAfterMs: undefined, problem: undefined, detail: reason };
  return { outcome: "unknown", reason, status, httpStatus, ...noDetails, ...attempt } as never;
}

const answer = <const Body extends object>(result: Body) => ({ ...result, httpStatus: 200, ...attempt });

const succeeded = <Body extends object>(body: Body) =>
  answer({ outcome: "succeeded", status: "OK", body: { status: "OK" as const, ...body } });

function sale(txnId: string, id: bigint, hasKey: boolean): PayResult {
  const product = { id, name: "Card", ...(hasKey && { productKey: conceal(`KEY-${txnId}`) }) };
  return succeeded({ partner_txn_id: `P-${txnId}`, product });
}
