/** The rules of a transaction store, as cases that any test runner can run. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Order, Transaction, TransactionStore } from "./transaction-store.ts";

/** One rule that a store must follow. */
export interface StoreCase {
  name: string;
  /** Rejects with an `AssertionError` when the store breaks the rule. */
  run(store: TransactionStore): Promise<void>;
}

const order = (changes: Partial<Order> = {}): Order => ({
  merchant: "shop-1",
  txn_id: "A-17",
  product_id: 9_007_199_254_740_993n,
  price: 4.35,
  partner_txn_id: randomUUID(),
  createdAtMs: 1_700_000_000_123,
  ...changes,
});

const pending = (changes: Partial<Order> = {}, leaseUntilMs = 1_700_000_060_123) =>
  ({ ...order(changes), state: "pending", leaseUntilMs }) as const;

const sold = () => ({ state: "sold" }) as const;

/** Takes the lease ten times at once, and counts how many got it. */
async function countLeases(
  store: TransactionStore,
  key: Order,
  from: "pending" | "selling",
  nowMs: number,
): Promise<number> {
  const takes = Array.from({ length: 10 }, () => store.lease(key, from, nowMs, nowMs + 100));
  return (await Promise.all(takes)).filter(Boolean).length;
}

/** Every rule of a transaction store. Run each case against a new, empty store. */
export const storeCases: StoreCase[] = [
  {
    name: "a transaction that was inserted is found, exactly",
    async run(store) {
      const integers = [-(2n ** 63n), 2n ** 63n - 1n, 0n];
      const extremes = integers.map((product_id, index) => pending({ txn_id: `id-${index}`, product_id }));
      const decimals = [0.01, 1005.1, 99999.99, 1e20, 5e-324];
      const prices = decimals.map((price, index) => pending({ txn_id: `price-${index}`, price }));
      const refused: Transaction = { ...order({ txn_id: "refused" }), state: "refused", status: "WRONG_PRICE" };
      for (const transaction of [pending(), refused, ...extremes, ...prices]) {
        assert.equal(await store.insertIfNew(transaction), undefined);
        assert.deepEqual(await store.find(transaction), transaction);
      }
      assert.equal(await store.find({ merchant: "shop-1", txn_id: "none" }), undefined);
    },
  },
  {
    name: "the first insert stays, whatever the second one asks for",
    async run(store) {
      const first = pending();
      await store.insertIfNew(first);
      assert.deepEqual(await store.insertIfNew(pending({ price: 1, product_id: 7n })), first);
      assert.deepEqual(await store.find(first), first);
    },
  },
  {
    name: "txn_ids are compared byte for byte, and belong to their merchant (A8)",
    async run(store) {
      const ids = ["007", "7", " 7", "7 ", "Ab", "ab", "é", "e\u0301", "ы".repeat(128), "'; --", "%", "\u{1F600}"];
      for (const merchant of ["shop-1", "shop-2", "Shop-1"]) {
        for (const txn_id of ids) {
          assert.equal(await store.insertIfNew(pending({ merchant, txn_id })), undefined, `${merchant} ${txn_id}`);
        }
      }
      assert.equal((await store.find({ merchant: "shop-2", txn_id: "é" }))?.txn_id, "é");
    },
  },
  {
    name: "of many inserts of one key at once, one inserts",
    async run(store) {
      const results = await Promise.all(Array.from({ length: 20 }, () => store.insertIfNew(pending())));
      assert.equal(results.filter((known) => known === undefined).length, 1);
      assert.equal(new Set(results.map((known) => known?.partner_txn_id)).size, 2);
    },
  },
  {
    name: "a transaction is settled once, and its work runs once",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      let works = 0;
      const settle = (index: number) =>
        store.settle(transaction, () => {
          works++;
          return index === 0 ? sold() : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" };
        });
      const settled = await Promise.all(Array.from({ length: 10 }, (_, index) => settle(index)));
      assert.equal(works, 1);
      assert.equal(new Set(settled.map(({ state }) => state)).size, 1);
      assert.deepEqual(await store.find(transaction), settled[0]);
      const again = await store.settle(transaction, () => ({ state: "refused", status: "TXN_CANCELED" }));
      assert.deepEqual(again, settled[0]);
    },
  },
  {
    name: "a work that throws leaves the transaction pending, and the store usable",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      await assert.rejects(
        store.settle(transaction, () => Promise.reject(new Error("no"))),
        /no/,
      );
      assert.equal((await store.find(transaction))?.state, "pending");
      assert.equal((await store.settle(transaction, sold)).state, "sold");
    },
  },
  {
    name: "while a transaction is being settled, everybody else finds it pending",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      const settling = store.settle(transaction, async () => {
        start();
        await mayEnd;
        return sold();
      });
      await started;
      assert.equal((await store.find(transaction))?.state, "pending");
      end();
      await settling;
      assert.equal((await store.find(transaction))?.state, "sold");
    },
  },
  {
    name: "a transaction that was never inserted cannot be settled",
    run: (store) =>
      assert.rejects(store.settle({ merchant: "shop-1", txn_id: "none" }, sold), /there is no such transaction/),
  },
  {
    name: "abandoned are the undecided transactions whose lease has expired, the oldest first",
    async run(store) {
      const ages = { new: 3000, old: 1000, middle: 2000, settled: 500, leased: 600 };
      for (const [txn_id, createdAtMs] of Object.entries(ages)) {
        await store.insertIfNew(pending({ txn_id, createdAtMs }, createdAtMs + 100));
      }
      await store.settle({ merchant: "shop-1", txn_id: "settled" }, sold);
      await store.lease({ merchant: "shop-1", txn_id: "leased" }, "pending", 700, 5000);
      assert.deepEqual(
        (await store.findAbandoned(2100)).map(({ txn_id }) => txn_id),
        ["old", "middle"],
      );
      assert.deepEqual(
        (await store.findAbandoned(2099)).map(({ txn_id }) => txn_id),
        ["old"],
      );
    },
  },
  {
    name: "of many calls at once one takes the lease, and again only once it has expired",
    async run(store) {
      const transaction = pending({}, 1000);
      await store.insertIfNew(transaction);
      assert.equal(await countLeases(store, transaction, "selling", 2000), 0);
      assert.equal(await countLeases(store, transaction, "pending", 2000), 1);
      assert.deepEqual(await store.find(transaction), { ...transaction, state: "selling", leaseUntilMs: 2100 });
      assert.equal(await countLeases(store, transaction, "selling", 2099), 0);
      assert.equal(await countLeases(store, transaction, "selling", 2100), 1);
      assert.equal((await store.settle(transaction, sold)).state, "sold");
      assert.equal(await countLeases(store, transaction, "selling", 9999), 0);
    },
  },
];
