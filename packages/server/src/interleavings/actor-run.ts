import type { CallContext } from "../handler-options.ts";
import type { SellOnceOptions } from "../sell-once/sell-once-options.ts";
import type { SellOnce } from "../sell-once/sell-once.ts";
import type { TransactionKey } from "../transaction-store/transaction-store.ts";
import { runByClock } from "./actor-clock.ts";
import type { RealCall } from "./calls.ts";
import { scheduledOptions } from "./scheduled-options.ts";

/** What an actor does: one call of the provider. */
export type Act = "pay" | "status" | "recover";

/** Both ways to sell. */
export type Way = "sell" | "sellWithin";

/** Makes what is under test: `sellOnce`, or what a test puts in its place. */
export type MakeProvider = (options: SellOnceOptions<unknown>) => Pick<SellOnce, "pay" | "status" | "recover">;

export interface ActorPlan {
  readonly act: Act;
  readonly way: Way;
  readonly key: TransactionKey;
  readonly makeProvider: MakeProvider;
}

/** How an actor ended: what it answered, and of which pay; or that it failed. */
export interface Outcome {
  readonly status: string;
  readonly partnerTxnId: string;
}

/** The time that a lease lasts, and by which the clock jumps. */
export const leaseMs = 1000;

/**
 * Runs the real code over a store, a shop and a supplier that do nothing by themselves: each call of them is a step,
 * and the actor rests until the scheduler answers it. Code between two steps depends on nothing but the answers and the
 * clock, so that the same answers always lead to the same next step.
 */
export class ActorRun {
  /** The call that it rests in; undefined once it has ended. */
  call: RealCall | undefined;
  /** Undefined until it has ended. */
  outcome: Outcome | undefined;
  /** The `partner_txn_id` that it has given its own pay. */
  ownId: string | undefined;
  #clockMs = 0;
  #answer: (value: () => unknown) => void = () => {};
  #rests = Promise.withResolvers<void>();

  private constructor(plan: ActorPlan) {
    const end = (outcome: Outcome): void => {
      this.outcome = outcome;
      this.#rests.resolve();
    };
    void runByClock(
      () => this.#clockMs,
      () => act(plan, (call) => this.#wait(call)).then(end, () => end({ status: "error", partnerTxnId: "" })),
    );
  }

  /** Resolves when it rests for the first time. */
  static async start(plan: ActorPlan): Promise<ActorRun> {
    const run = new ActorRun(plan);
    await run.#rests.promise;
    return run;
  }

  /** Lets its clock jump past a lease, as if its process had been frozen. */
  jump(): void {
    this.#clockMs += leaseMs;
  }

  /** Answers its call with a value, or by throwing. Resolves when it rests again, or has ended. */
  answer(value: () => unknown): Promise<void> {
    this.#rests = Promise.withResolvers<void>();
    this.call = undefined;
    this.#answer(value);
    return this.#rests.promise;
  }

  #wait(call: RealCall): Promise<unknown> {
    if (this.call) throw new Error(`Cannot schedule ${call.name}: ${this.call.name} is not answered yet`);
    if (call.name === "insertIfNew") this.ownId = call.order?.partner_txn_id;
    this.call = call;
    this.#rests.resolve();
    return new Promise<() => unknown>((resolve) => (this.#answer = resolve)).then((value) => value());
  }
}

async function act(plan: ActorPlan, wait: (call: RealCall) => Promise<unknown>): Promise<Outcome> {
  const { merchant, txn_id } = plan.key;
  const provider = plan.makeProvider(scheduledOptions(plan.way, leaseMs, wait));
  const context = { merchant } as CallContext;
  if (plan.act === "recover") {
    await provider.recover();
    return { status: "recovered", partnerTxnId: "" };
  }
  const answer = await (plan.act === "pay"
    ? provider.pay({ product_id: 1n, price: 1, txn_id }, context)
    : provider.status({ txn_id }, context));
  return { status: answer.status, partnerTxnId: "partner_txn_id" in answer ? String(answer.partner_txn_id) : "" };
}
