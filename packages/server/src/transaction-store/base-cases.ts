import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { StoreCase } from "./store-case.ts";
import type { NewOrder, TransactionStore, Undecided } from "./transaction-store.ts";

/** A store, and the time by which its leases last. */
interface Scene {
  readonly store: TransactionStore;
  readonly clock: { ms: number };
}

const order = (changes: Partial<NewOrder> = {}): NewOrder => ({
  merchant: "shop-1",
  txn_id: "A-17",
  product_id: 9_007_199_254_740_993n,
  price: 4.35,
  partner_txn_id: randomUUID(),
  ...changes,
});

const leaseMs = 100;
const sold = { state: "sold" } as const;
const outOfStock = { state: "refused", status: "PRODUCT_OUT_OF_STOCK" } as const;

/** Stores a pending transaction whose lease lasts for 100 ms. */
async function insert({ store }: Scene, changes: Partial<NewOrder> = {}): Promise<Undecided> {
  const stored = await store.insertIfNew(order(changes), leaseMs);
  assert(stored.state === "pending");
  return stored;
}

async function findUndecided({ store }: Scene, key: NewOrder): Promise<Undecided> {
  const found = await store.find(key);
  assert(found?.state === "pending" || found?.state === "selling", `it is ${found?.state}`);
  return found;
}

const stateOf = async ({ store }: Scene, key: NewOrder) => (await store.find(key))?.state;

/** Calls something ten times at once, and counts the results that are not false or undefined. */
async function countOfTen(call: () => Promise<unknown>): Promise<number> {
  return (await Promise.all(Array.from({ length: 10 }, call))).filter(Boolean).length;
}

const cases: Record<string, (scene: Scene) => Promise<void>> = {
  async "a transaction that was inserted is found, exactly"(scene) {
    const { store, clock } = scene;
    const integers = [-(2n ** 63n), 2n ** 63n - 1n, 0n];
    const extremes = integers.map((product_id, index) => order({ txn_id: `id-${index}`, product_id }));
    const decimals = [0.01, 1005.1, 99999.99, 1e20, 5e-324];
    const prices = decimals.map((price, index) => order({ txn_id: `price-${index}`, price }));
    for (const each of [order(), ...extremes, ...prices]) {
      const stored = await store.insertIfNew(each, leaseMs);
      const { leaseId, ...rest } = stored as Undecided;
      assert.deepEqual(rest, { ...each, createdAtMs: clock.ms, state: "pending", isLeaseOver: false });
      assert.deepEqual(await store.find(each), stored);
    }
    assert.equal(await store.find({ merchant: "shop-1", txn_id: "none" }), undefined);
  },
  async "the first insert stays, whatever the second one asks for"(scene) {
    const first = await insert(scene);
    assert.deepEqual(await scene.store.insertIfNew(order({ price: 1, product_id: 7n }), leaseMs), first);
    assert.deepEqual(await scene.store.find(first), first);
  },
  async "txn_ids are compared byte for byte, and belong to their merchant (A8)"(scene) {
    const ids = [
      "007",
      "7",
      " 7",
      "7 ",
      "Ab",
      "ab",
      "é",
      "e\u0301",
      "ы".repeat(128),
      "'; --",
      "%",
      "\u{1F600}",
      '{"a,"}',
    ];
    for (const merchant of ["shop-1", "shop-2", "Shop-1"]) {
      for (const txn_id of ids) {
        const asked = order({ merchant, txn_id });
        const stored = await scene.store.insertIfNew(asked, leaseMs);
        assert.equal(stored.partner_txn_id, asked.partner_txn_id, `${merchant} ${txn_id}`);
      }
    }
    assert.equal((await scene.store.find({ merchant: "shop-2", txn_id: "é" }))?.txn_id, "é");
  },
  async "of many inserts of one key at once, one inserts, and all get what it inserted"({ store }) {
    const inserts = Array.from({ length: 20 }, () => store.insertIfNew(order(), leaseMs));
    const results = await Promise.all([...inserts, store.insertIfNew(order({ txn_id: "other" }), leaseMs)]);
    assert.equal(results.pop()?.txn_id, "other");
    assert.equal(new Set(results.map(({ partner_txn_id }) => partner_txn_id)).size, 1);
  },
  async "a transaction is settled once, by one of many"(scene) {
    const seen = await insert(scene);
    assert.equal(await countOfTen(() => scene.store.settle(seen, outOfStock)), 1);
    const { leaseId, isLeaseOver, ...stored } = seen;
    assert.deepEqual(await scene.store.find(seen), { ...stored, ...outOfStock });
    assert.equal(await scene.store.settle(seen, sold), false);
    assert.equal(await scene.store.settleWithin(seen, () => sold), undefined);
    assert.equal(await stateOf(scene, seen), "refused");
  },
  async "a transaction is settled within a database transaction once, and the work of one runs"(scene) {
    const seen = await insert(scene);
    let works = 0;
    const settle = () => scene.store.settleWithin(seen, () => (works++, sold));
    assert.equal(await countOfTen(settle), 1);
    assert.equal(works, 1);
    assert.equal(await stateOf(scene, seen), "sold");
  },
  async "a work can refuse"(scene) {
    const seen = await insert(scene);
    assert.deepEqual(await scene.store.settleWithin(seen, () => outOfStock), outOfStock);
    const { leaseId, isLeaseOver, ...stored } = seen;
    assert.deepEqual(await scene.store.find(seen), { ...stored, ...outOfStock });
  },
  async "a work that throws leaves the transaction pending, and the store usable"(scene) {
    const seen = await insert(scene);
    const failing = scene.store.settleWithin(seen, () => Promise.reject(new Error("no")));
    await assert.rejects(failing, /no/);
    assert.deepEqual(await scene.store.find(seen), seen);
    assert.equal(await scene.store.settle(seen, outOfStock), true);
  },
  async "while a transaction is being settled, everybody else finds it pending, and loses"(scene) {
    const { store } = scene;
    const seen = await insert(scene);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const settling = store.settleWithin(seen, async () => {
      start();
      await mayEnd;
      return sold;
    });
    await started;
    assert.equal(await stateOf(scene, seen), "pending");
    const others = [
      store.settle(seen, outOfStock),
      store.lease(seen, leaseMs),
      store.settleWithin(seen, () => outOfStock),
    ];
    setTimeout(end, 10);
    assert.deepEqual(
      (await Promise.allSettled(others)).map((each) => each.status === "fulfilled" && !!each.value),
      [false, false, false],
    );
    assert.deepEqual(await settling, sold);
    assert.equal(await stateOf(scene, seen), "sold");
  },
  async "a transaction that was never inserted is not changed, and does not appear"({ store }) {
    const never: Undecided = { ...order(), createdAtMs: 1, state: "pending", leaseId: "L", isLeaseOver: false };
    assert.equal(await store.settle(never, sold), false);
    assert.equal(await store.settleWithin(never, () => sold), undefined);
    assert.equal(await store.lease(never, leaseMs), undefined);
    assert.equal(await store.find(never), undefined);
  },
  async "abandoned are the undecided transactions whose lease is over, the oldest first"(scene) {
    const { store, clock } = scene;
    for (const txn_id of ["old", "settled", "leased", "middle"]) {
      await insert(scene, { txn_id });
      clock.ms += 10;
    }
    await store.settle(await findUndecided(scene, order({ txn_id: "settled" })), sold);
    await store.lease(await findUndecided(scene, order({ txn_id: "leased" })), 1000);
    const abandoned = async () =>
      (await store.findAbandoned()).map(({ txn_id, isLeaseOver }) => `${txn_id} ${isLeaseOver}`);
    clock.ms += 59;
    assert.deepEqual(await abandoned(), []);
    clock.ms += 1;
    assert.deepEqual(await abandoned(), ["old true"]);
    clock.ms += 1000;
    assert.deepEqual(await abandoned(), ["old true", "leased true", "middle true"]);
  },
  async "of many calls at once one takes the lease of a pending transaction, before it is over"(scene) {
    const { store, clock } = scene;
    const seen = await insert(scene);
    clock.ms += leaseMs;
    assert.equal(await countOfTen(() => store.lease(seen, leaseMs)), 0);
    clock.ms -= 1;
    assert.equal(await countOfTen(() => store.lease(seen, leaseMs)), 1);
    const leased = await findUndecided(scene, seen);
    assert.equal(leased.state, "selling");
    assert.notEqual(leased.leaseId, seen.leaseId);
    assert.equal(leased.isLeaseOver, false);
  },
  async "of many calls at once one takes the lease of a selling transaction, once it is over"(scene) {
    const { store, clock } = scene;
    const seen = await store.lease(await insert(scene), leaseMs);
    assert(seen);
    assert.equal(await countOfTen(() => store.lease(seen, leaseMs)), 0);
    clock.ms += leaseMs - 1;
    assert.equal((await findUndecided(scene, seen)).isLeaseOver, false);
    assert.equal(await countOfTen(() => store.lease(seen, leaseMs)), 0);
    clock.ms += 1;
    assert.equal((await findUndecided(scene, seen)).isLeaseOver, true);
    assert.equal(await countOfTen(() => store.lease(seen, leaseMs)), 1);
  },
  async "whoever has lost the lease settles nothing (B13)"(scene) {
    const { store, clock } = scene;
    const first = await insert(scene);
    const second = await store.lease(first, leaseMs);
    assert(second);
    assert.equal(await store.settle(first, outOfStock), false);
    assert.equal(await store.settleWithin(first, () => outOfStock), undefined);
    clock.ms += leaseMs;
    const third = await store.lease(second, leaseMs);
    assert(third);
    assert.equal(await store.settle(second, outOfStock), false);
    assert.equal(await store.settle(third, sold), true);
  },
  async "a pending transaction whose lease is over is not sold any more, and may be refused"(scene) {
    const seen = await insert(scene);
    scene.clock.ms += leaseMs;
    assert.equal(await scene.store.settleWithin(seen, () => sold), undefined);
    assert.equal(await scene.store.settle(seen, { state: "refused", status: "TXN_CANCELED" }), true);
  },
  async "many transactions at once are each changed as asked"(scene) {
    const { store } = scene;
    const ids = Array.from({ length: 300 }, (_, index) => `many-${index}`);
    const inserted = await Promise.all(ids.map((txn_id) => insert(scene, { txn_id })));
    const leased = await Promise.all(inserted.map((seen) => store.lease(seen, leaseMs)));
    const settlements = leased.map((_, index) => (index % 3 === 0 ? outOfStock : sold));
    const wrong = leased.map((seen, index) => (index % 5 === 0 ? inserted[index]! : seen!));
    const changed = await Promise.all(wrong.map((seen, index) => store.settle(seen, settlements[index]!)));
    const states = await Promise.all(inserted.map((seen) => stateOf(scene, seen)));
    for (const [index, isChanged] of changed.entries()) {
      assert.equal(isChanged, index % 5 !== 0);
      assert.equal(states[index], isChanged ? settlements[index]!.state : "selling");
    }
  },
};

/** Each rule of a transaction store by itself. */
export const baseCases: StoreCase[] = Object.entries(cases).map(([name, run]) => ({
  name,
  async run(open) {
    const clock = { ms: 1_700_000_000_123 };
    const store = await open({ now: () => clock.ms });
    await run({ store, clock });
    await store.close();
  },
}));
