import assert from "node:assert/strict";
import type { OpenStore } from "../transaction-store/store-case.ts";
import type { NewOrder, TransactionStore } from "../transaction-store/transaction-store.ts";
import type { CallName } from "./calls.ts";
import type { Dialect } from "./dialect.ts";

/** Whoever has not answered by then waits for the lock. */
const patienceMs = 500;

const known = new WeakMap<OpenStore, Promise<Dialect>>();

/**
 * Finds out what a store does with a locked row, since either is legal: to answer at once as to one who has lost, or to
 * wait. A slow store can be taken for one that waits: then fewer calls meet a locked row, and nothing else changes.
 */
export function dialectOf(open: OpenStore, store: TransactionStore): Promise<Dialect> {
  const dialect = known.get(open) ?? probe(store);
  known.set(open, dialect);
  return dialect;
}

async function probe(store: TransactionStore): Promise<Dialect> {
  const order: NewOrder = { merchant: "shop-1", txn_id: "probe", product_id: 1n, price: 1, partner_txn_id: "probe" };
  const seen = await store.insertIfNew(order, 1000);
  assert(seen.state === "pending");
  const sold = { state: "sold" } as const;
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<typeof sold>()];
  const settling = store.settleWithin(seen, () => {
    started.resolve();
    return mayEnd.promise;
  });
  await Promise.race([started.promise, settling]);
  let isOver = false;
  const waits = new Set<CallName>();
  const calls: Partial<Record<CallName, Promise<unknown>>> = {
    insertIfNew: store.insertIfNew({ ...order, partner_txn_id: "probe again" }, 1000),
    lease: store.lease(seen, 1000),
    settle: store.settle(seen, sold),
    settleWithin: store.settleWithin(seen, () => sold),
  };
  const answered = Object.entries(calls).map(async ([name, call]) => {
    waits.add(name as CallName);
    await call;
    if (!isOver) waits.delete(name as CallName);
  });
  await new Promise((resolve) => setTimeout(resolve, patienceMs));
  isOver = true;
  mayEnd.resolve(sold);
  await Promise.all([settling, ...answered]);
  return { name: "the store", waits, keepsVanished: !waits.has("settle") };
}
