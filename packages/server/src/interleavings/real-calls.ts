import assert from "node:assert/strict";
import type {
  Settlement,
  TransactionKey,
  TransactionStore,
  Undecided,
} from "../transaction-store/transaction-store.ts";
import { leaseMs } from "./actor-run.ts";
import { error, type RealCall, textOf, valueOf } from "./calls.ts";
import type { Ids } from "./ids.ts";
import type { Step } from "./steps.ts";

/** A `settleWithin` of the store that has begun. */
interface OpenTransaction {
  readonly by: number;
  commit(settlement: Settlement): Promise<unknown>;
  rollBack(): Promise<unknown>;
}

/** How an actor gets the answer to its call: it returns it or throws. */
export type Answer = () => unknown;

/** Makes the calls of the actors on a real store, with the faults of a schedule. */
export class RealCalls {
  readonly #store: TransactionStore;
  readonly #key: TransactionKey;
  readonly #ids: Ids;
  #open: OpenTransaction | undefined;

  constructor(store: TransactionStore, key: TransactionKey, ids: Ids) {
    this.#store = ownPartOf(store, key);
    this.#key = key;
    this.#ids = ids;
  }

  /** Makes a call as its step says, and compares the answer with that of the model. */
  async make(call: RealCall, { actor, fate, answer }: Step & { kind: "call" }): Promise<Answer> {
    const fail = () => valueOf(call.name, error, notStored);
    if (fate === "fails") {
      if (call.name === "commit") await this.rollBack();
      return fail;
    }
    const value = await inTime(call.name, this.#call(actor, call, answer));
    return fate === "answered" ? () => value : fail;
  }

  /** Ends the open database transaction, if it is that of one of these actors. */
  async rollBackOf(actors: readonly number[]): Promise<void> {
    if (this.#open && actors.includes(this.#open.by)) await this.rollBack();
  }

  /** Ends the open database transaction without an effect. */
  async rollBack(): Promise<void> {
    await this.#open?.rollBack();
    this.#open = undefined;
  }

  async #call(by: number, { name, order, seen, to }: RealCall, predicted: string): Promise<unknown> {
    switch (name) {
      case "insertIfNew":
        return this.#expect(await this.#store.insertIfNew(order!, leaseMs), predicted);
      case "find":
        return this.#expect(await this.#store.find(this.#key), predicted);
      case "findAbandoned":
        return [this.#expect((await this.#store.findAbandoned())[0], predicted)].filter((each) => each !== undefined);
      case "lease":
        return this.#expect(await this.#store.lease(seen!, leaseMs), predicted);
      case "settle":
        return this.#expect(await this.#store.settle(seen!, to!), predicted);
      case "settleWithin":
        this.#open = await begin(by, this.#store, seen!);
        return this.#expect(this.#open !== undefined, predicted);
      case "commit":
        assert.deepEqual(await this.#open?.commit(to!), to);
        this.#open = undefined;
        return undefined;
      case "rollback":
        return this.rollBack();
      case "findProduct":
      case "sell":
      case "sellWithin":
        return valueOf(name, predicted, notStored);
    }
  }

  #expect<T extends Parameters<typeof textOf>[0] | boolean | undefined>(value: T, predicted: string): T {
    const text = typeof value === "boolean" ? (value ? "yes" : "no") : this.#textOf(value, predicted);
    assert.equal(text, predicted);
    return value;
  }

  /** The transaction as text. A lease that is seen for the first time has the name that the model gives it. */
  #textOf(value: Exclude<Parameters<typeof textOf>[0], boolean> | undefined, predicted: string): string {
    if (!value) return "none";
    if ("leaseId" in value) this.#ids.name(value.leaseId, predicted.split("/")[2] ?? "");
    return textOf(value, (id) => this.#ids.nameOf(id));
  }
}

/** No call of a schedule waits for a lock: those that would have to are made once it is free. */
const patienceMs = 20_000;

async function inTime<T>(name: string, call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} does not answer within ${patienceMs} ms`)), patienceMs);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}

const notStored = (text: string): never => {
  throw new Error(`Cannot answer with ${text}`);
};

/** Begins to settle; undefined when the store does not let it. */
async function begin(by: number, store: TransactionStore, seen: Undecided): Promise<OpenTransaction | undefined> {
  const work = Promise.withResolvers<Settlement>();
  const begun = Promise.withResolvers<boolean>();
  const ended = store.settleWithin(seen, () => {
    begun.resolve(true);
    return work.promise;
  });
  ended.then(() => begun.resolve(false), begun.reject);
  if (!(await begun.promise)) return undefined;
  return {
    by,
    commit(settlement) {
      work.resolve(settlement);
      return ended;
    },
    rollBack() {
      work.reject(new Error("the process is gone"));
      return assert.rejects(ended, /the process is gone/);
    },
  };
}

/** The store as if nobody else used it: schedules that are replayed together do not see each other. */
export function ownPartOf(store: TransactionStore, { merchant, txn_id }: TransactionKey): TransactionStore {
  const isOwn = (each: TransactionKey) => each.merchant === merchant && each.txn_id === txn_id;
  return {
    insertIfNew: (order, leaseMsOfPay) => store.insertIfNew(order, leaseMsOfPay),
    find: (key) => store.find(key),
    lease: (seen, leaseMsOfPay) => store.lease(seen, leaseMsOfPay),
    settle: (seen, settlement) => store.settle(seen, settlement),
    settleWithin: (seen, work) => store.settleWithin(seen, work),
    findAbandoned: async () => (await store.findAbandoned()).filter(isOwn),
    close: () => store.close(),
  };
}
