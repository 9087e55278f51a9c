import assert from "node:assert/strict";
import type { CallContext } from "../handler-options.ts";
import { sellOnce } from "../sell-once/sell-once.ts";
import type { TransactionKey, TransactionStore } from "../transaction-store/transaction-store.ts";
import { runByClock } from "./actor-clock.ts";
import { ActorRun, leaseMs } from "./actor-run.ts";
import type { Sample } from "./classes.ts";
import { Ids } from "./ids.ts";
import { type Answer, ownPartOf, RealCalls } from "./real-calls.ts";
import { type ActorName, acts } from "./search.ts";
import type { Step } from "./steps.ts";
import { tellSchedule } from "./tell-schedule.ts";

/** The store under test, and the time by which its leases last. */
export interface Stage {
  readonly store: TransactionStore;
  readonly clock: { ms: number };
}

/** Replays schedules together, each on a `txn_id` of its own: they share the store and its clock. */
export async function replayTogether(stage: Stage, samples: readonly Sample[], name: string): Promise<void> {
  const replays = samples.map((sample, index) => new Replay(stage.store, sample, `${name}-${index}`));
  try {
    // Each goes on to its next jump of the clock, or to its end.
    while ((await all(replays.map((replay) => replay.runToJump()))).includes(true)) {
      stage.clock.ms += leaseMs;
      for (const replay of replays) replay.jump();
    }
    stage.clock.ms += leaseMs;
    await all(replays.map((replay) => replay.settle()));
  } finally {
    await Promise.allSettled(replays.map((replay) => replay.letGo()));
  }
}

/** Like `Promise.all`, but when one fails, the others have ended too. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Runs the real code and the real store through one schedule, and compares each answer of the store with the model. */
class Replay {
  readonly #sample: Sample;
  readonly #key: TransactionKey;
  readonly #store: TransactionStore;
  readonly #ids = new Ids();
  readonly #calls: RealCalls;
  readonly #runs: (ActorRun | undefined)[] = [];
  readonly #answers: Answer[] = [];
  #at = 0;

  constructor(store: TransactionStore, sample: Sample, txn_id: string) {
    this.#sample = sample;
    this.#key = { merchant: "shop-1", txn_id };
    this.#store = store;
    this.#calls = new RealCalls(store, this.#key, this.#ids);
  }

  /** Resolves to whether the clock must jump now. */
  async runToJump(): Promise<boolean> {
    const { steps } = this.#sample.schedule;
    for (; this.#at < steps.length && steps[this.#at]!.kind !== "jump"; this.#at++) {
      await this.#explaining(() => this.#take(steps[this.#at]!));
    }
    return this.#at < steps.length;
  }

  /** The clock has jumped; goes past that step if it waits there. */
  jump(): void {
    if (this.#at === this.#sample.schedule.steps.length) return;
    this.#at++;
    for (const run of this.#runs) run?.jump();
  }

  /** A new process recovers and asks for the status twice, as in the model. */
  settle(): Promise<void> {
    const { scene, schedule } = this.#sample;
    const provider = sellOnce({
      store: ownPartOf(this.#store, this.#key),
      findProduct: () => undefined,
      [scene.way]: () => (scene.supply === "sold out" ? "out-of-stock" : { productKey: "KEY" }),
      leaseMs,
    });
    const context = { merchant: this.#key.merchant } as CallContext;
    const ask = async () => {
      const answer = await provider.status({ txn_id: this.#key.txn_id }, context);
      return answer.status === "OK" ? `OK ${this.#ids.nameOf(answer.partner_txn_id)}` : answer.status;
    };
    const compare = async () => {
      await provider.recover();
      assert.equal(await ask(), schedule.status);
      assert.equal(await ask(), schedule.status);
    };
    return this.#explaining(() => runByClock(() => 0, compare));
  }

  /** Ends the database transaction that a schedule which failed has left open. */
  letGo(): Promise<void> {
    return this.#calls.rollBack();
  }

  async #take(step: Step): Promise<void> {
    const { behaviours, dialect, way } = this.#sample.scene;
    switch (step.kind) {
      case "starts": {
        const act = acts[behaviours[step.actor]!.name as ActorName];
        this.#runs[step.actor] = await ActorRun.start({ act, way, key: this.#key, makeProvider: sellOnce });
        return;
      }
      case "call": {
        const { call, ownId } = this.#runs[step.actor]!;
        assert.equal(call?.name, step.name);
        if (ownId !== undefined) this.#ids.name(ownId, behaviours[step.actor]!.name);
        this.#answers[step.actor] = await this.#calls.make(call!, step);
        return;
      }
      case "reads":
        return this.#runs[step.actor]!.answer(this.#answers[step.actor]!);
      case "crash":
        for (const actor of step.actors) this.#runs[actor] = undefined;
        if (!dialect.keepsVanished) await this.#calls.rollBackOf(step.actors);
        return;
      case "ends":
        return this.#calls.rollBack();
      case "jump":
    }
  }

  /** Tells of an error how the schedule came there. */
  async #explaining(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { schedule, scene } = this.#sample;
      const steps = schedule.steps.slice(0, this.#at + 1);
      const place = this.#at < schedule.steps.length ? "at the last of these steps" : "once all is at rest";
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The store does not do what it must, ${place}: ${reason}\n${tellSchedule(scene, steps)}`;
      throw new assert.AssertionError({ message });
    }
  }
}
