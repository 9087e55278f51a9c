/** What every store of transactions must do: run each case against a fresh, empty store of your own. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Order, Transaction, TransactionStore } from "./transaction-store.ts";

/** One thing that a store must do. */
export interface StoreCase {
  name: string;
  /** Rejects with an `AssertionError` when the store does otherwise. */
  // oxlint-disable-next-line typescript/no-explicit-any -- for a store with any kind of transaction
  run(store: TransactionStore<any>): Promise<void>;
}

const order = (over: Partial<Order> = {}): Order => ({
  merchant: "shop-1", txn_id: "A-17", product_id: 9_007_199_254_740_993n, price: 4.35, partner_txn_id: randomUUID(), createdAtMs: 1_700_000_000_123,
  ...over,
});

const pending = (over: Partial<Order> = {}, leaseUntilMs = 1_700_000_060_123) => ({ ...order(over), state: "pending", leaseUntilMs }) as const;

const sold = () => ({ state: "sold" }) as const;

export const storeCases: StoreCase[] = [
  {
    name: "a transaction that was claimed is found, exactly",
    async run(store) {
      const extremes = [-(2n ** 63n), 2n ** 63n - 1n, 0n].map((product_id, index) => pending({ txn_id: `id-${index}`, product_id }));
      const prices = [0.01, 1005.1, 99999.99, 1e20, 5e-324].map((price, index) => pending({ txn_id: `price-${index}`, price }));
      const refused: Transaction = { ...order({ txn_id: "refused" }), state: "refused", status: "WRONG_PRICE" };
      for (const transaction of [pending(), refused, ...extremes, ...prices]) {
        assert.equal(await store.insertIfNew(transaction), undefined);
        assert.deepEqual(await store.find(transaction), transaction);
      }
      assert.equal(await store.find({ merchant: "shop-1", txn_id: "none" }), undefined);
    },
  },
  {
    name: "the first claim stays, whatever the second one asks for",
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
        for (const txn_id of ids) assert.equal(await store.insertIfNew(pending({ merchant, txn_id })), undefined, `${merchant} ${txn_id}`);
      }
      assert.equal((await store.find({ merchant: "shop-2", txn_id: "é" }))?.txn_id, "é");
    },
  },
  {
    name: "of many claims at once, one adds",
    async run(store) {
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.insertIfNew(pending())));
      assert.equal(claims.filter((claim) => claim === undefined).length, 1);
      assert.equal(new Set(claims.map((claim) => claim?.partner_txn_id)).size, 2);
    },
  },
  {
    name: "a transaction is settled once, and the work is done once",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      let works = 0;
      const settlements = await Promise.all(Array.from({ length: 10 }, (_, index) =>
        store.settle(transaction, () => (works++, index === 0 ? sold() : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" })),
      ));
      assert.equal(works, 1);
      assert.equal(new Set(settlements.map(({ state }) => state)).size, 1);
      assert.deepEqual(await store.find(transaction), settlements[0]);
      assert.deepEqual(await store.settle(transaction, () => ({ state: "refused", status: "TXN_CANCELED" })), settlements[0]);
    },
  },
  {
    name: "a work that throws leaves the transaction pending, and the store usable",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      await assert.rejects(store.settle(transaction, () => Promise.reject(new Error("no"))), /no/);
      assert.equal((await store.find(transaction))?.state, "pending");
      assert.equal((await store.settle(transaction, sold)).state, "sold");
    },
  },
  {
    name: "a transaction stays pending for everybody else while it is being settled",
    async run(store) {
      const transaction = pending();
      await store.insertIfNew(transaction);
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      const settling = store.settle(transaction, async () => (start(), await mayEnd, sold()));
      await started;
      assert.equal((await store.find(transaction))?.state, "pending");
      end();
      await settling;
      assert.equal((await store.find(transaction))?.state, "sold");
    },
  },
  {
    name: "what nobody claimed cannot be settled",
    run: (store) => assert.rejects(store.settle({ merchant: "shop-1", txn_id: "none" }, sold), /there is no such transaction/),
  },
  {
    name: "undecided transactions whose lease is over are listed by age, and no others",
    async run(store) {
      for (const [txn_id, createdAtMs] of [["new", 3000], ["old", 1000], ["middle", 2000], ["settled", 500], ["leased", 600]] as const) {
        await store.insertIfNew(pending({ txn_id, createdAtMs }, createdAtMs + 100));
      }
      await store.settle({ merchant: "shop-1", txn_id: "settled" }, sold);
      await store.lease({ merchant: "shop-1", txn_id: "leased" }, "pending", 700, 5000);
      assert.deepEqual((await store.abandoned(2100)).map(({ txn_id }) => txn_id), ["old", "middle"]);
      assert.deepEqual((await store.abandoned(2099)).map(({ txn_id }) => txn_id), ["old"]);
    },
  },
  {
    name: "a lease is taken by one of many, and again only once it is over",
    async run(store) {
      const key = pending({}, 1000);
      await store.insertIfNew(key);
      const take = (from: "pending" | "selling", nowMs: number) => Promise.all(Array.from({ length: 10 }, () => store.lease(key, from, nowMs, nowMs + 100)));
      const taken = async (from: "pending" | "selling", nowMs: number) => (await take(from, nowMs)).filter(Boolean).length;
      assert.equal(await taken("selling", 2000), 0);
      assert.equal(await taken("pending", 2000), 1);
      assert.deepEqual(await store.find(key), { ...key, state: "selling", leaseUntilMs: 2100 });
      assert.equal(await taken("selling", 2099), 0);
      assert.equal(await taken("selling", 2100), 1);
      assert.equal((await store.settle(key, sold)).state, "sold");
      assert.equal(await taken("selling", 9999), 0);
    },
  },
];
