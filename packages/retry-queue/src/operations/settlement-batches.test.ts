import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { openParts, type Parts, type PartsOptions } from "../testing/open-parts.ts";
import type { Decision } from "./decision.ts";
import type { OnSettled } from "./settlement.ts";

let parts: Parts;
afterEach(() => parts.storage.close());

const sold: Decision = { outcome: "succeeded", by: "pay", status: "OK", partner_txn_id: "P", product: undefined };
const ids = (count: number) => Array.from({ length: count }, (_, index) => `T-${index}`);

/** Operations to settle at once, the transactions that this takes, and every call of `onSettled`. */
async function open(count: number, options: PartsOptions = {}) {
  const booked: string[] = [];
  const onSettled: OnSettled = async (settlement, tx, more) => {
    booked.push(settlement.txn_id);
    await tx.executeSql("INSERT INTO orders VALUES ($1)", [settlement.txn_id]);
    await options.onSettled?.(settlement, tx, more);
  };
  parts = await openParts({ ...options, onSettled });
  await parts.sql("CREATE TABLE orders (txn_id text PRIMARY KEY)");
  await parts.add(...ids(count));
  let transactions = 0;
  const { transaction } = parts.storage;
  parts.storage.transaction = (work) => (transactions++, transaction(work));
  const settleAll = () => Promise.all(ids(count).map((txnId) => parts.settlements.settleOrKeep(txnId, sold)));
  const orders = async () => (await parts.sql("SELECT txn_id FROM orders")).map(({ txn_id }) => txn_id);
  const timesOf = (txnId: string) => booked.filter((each) => each === txnId).length;
  return { settleAll, orders, timesOf, transactions: () => transactions };
}

const kindsOf = (results: { kind: string }[]) => results.map(({ kind }) => kind);

test("decisions that meet are settled in one transaction, and each onSettled runs once", async () => {
  const { settleAll, orders, timesOf, transactions } = await open(40);
  expect(kindsOf(await settleAll())).toEqual(Array(40).fill("settled"));
  // The first comes alone, and the others meanwhile.
  expect(transactions()).toBe(2);
  expect(ids(40).map(timesOf)).toEqual(Array(40).fill(1));
  expect(await orders()).toHaveLength(40);
  expect((await parts.reader.list(["succeeded"], 99)).map(({ settledAt }) => settledAt)).not.toContain(undefined);
});

test("one that throws is undone alone, and tried again by itself; nobody else's onSettled runs twice", async () => {
  let failures = 1;
  const { settleAll, orders, timesOf } = await open(10, {
    onSettled({ txn_id }) {
      if (txn_id === "T-5" && failures-- > 0) throw new Error("out of paper");
    },
  });
  expect(kindsOf(await settleAll())).toEqual(Array(10).fill("settled"));
  expect(ids(10).map(timesOf)).toEqual([1, 1, 1, 1, 1, 2, 1, 1, 1, 1]);
  expect((await orders()).toSorted()).toEqual(ids(10));
});

test("one whose SQL fails, even if it hides that, is undone alone", async () => {
  const { settleAll, orders } = await open(10, {
    async onSettled({ txn_id }, tx) {
      if (txn_id === "T-5") await tx.executeSql("SELECT * FROM nowhere").catch(() => {});
    },
  });
  const kinds = kindsOf(await settleAll());
  expect(kinds[5]).toBe("kept");
  expect(kinds.filter((kind) => kind === "settled")).toHaveLength(9);
  expect(await orders()).not.toContain("T-5");
  expect(parts.events.filter(([event]) => event === "settlement-failed")).toHaveLength(1);
});

test.each<[string, OnSettled]>([
  ["waits", () => sleep(1000)],
  ["waits in the database", async (_, tx) => void (await tx.executeSql("SELECT pg_sleep(1)"))],
])("one that %s for longer than 50 ms holds nobody up, and is settled by itself", async (_, wait) => {
  let isAborted = false;
  const { timesOf } = await open(10, {
    async onSettled(settlement, tx, options) {
      if (settlement.txn_id !== "T-5") return;
      options.signal.addEventListener("abort", () => (isAborted = true));
      await wait(settlement, tx, options);
    },
  });
  const startedAt = performance.now();
  const timeOf = async (txnId: string) => {
    await parts.settlements.settle(txnId, sold);
    return performance.now() - startedAt;
  };
  const took = await Promise.all(ids(10).map(timeOf));
  // By far less than the second that it takes.
  expect(Math.max(...took.filter((_ms, index) => index !== 5))).toBeLessThan(900);
  expect(took[5]).toBeGreaterThan(900);
  expect(timesOf("T-5")).toBe(2);
  expect(isAborted).toBe(true);
});

test("a settlement that has ended writes nothing into the transaction of the others", async () => {
  let calls = 0;
  const { settleAll, orders } = await open(10, {
    async onSettled({ txn_id }, tx) {
      // The others are still being booked when it goes on.
      await sleep(txn_id === "T-2" ? 100 : 30);
      if (txn_id !== "T-2") return;
      const call = ++calls;
      await tx.executeSql("INSERT INTO orders VALUES ($1)", [`after the wait of call ${call}`]).catch(() => {});
    },
  });
  expect(kindsOf(await settleAll())).toEqual(Array(10).fill("settled"));
  const late = (await orders()).filter((each) => each.startsWith("after"));
  expect([calls, late]).toEqual([2, ["after the wait of call 2"]]);
});

test("an operation that somebody else has locked holds nobody up", async () => {
  const { orders } = await open(10);
  const locked = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const holding = parts.storage.transaction(async (tx) => {
    await tx.executeSql("SELECT FROM codegames.operation WHERE txn_id = 'T-5' FOR UPDATE");
    locked.resolve();
    await mayEnd;
  });
  await locked.promise;
  const results = ids(10).map((txnId) => parts.settlements.settle(txnId, sold));
  expect(kindsOf(await Promise.all(results.filter((_, index) => index !== 5)))).toEqual(Array(9).fill("settled"));
  expect(await orders()).toHaveLength(9);
  end();
  await holding;
  expect((await results[5])?.kind).toBe("settled");
});

test("two decisions about one operation in one batch: the first settles it", async () => {
  const { orders } = await open(3);
  const twice = ["T-0", "T-1", "T-1", "T-2"].map((txnId) => parts.settlements.settle(txnId, sold));
  expect(kindsOf(await Promise.all(twice))).toEqual(["settled", "settled", "already-settled", "settled"]);
  expect(await orders()).toHaveLength(3);
});

test("when the answer to the commit of a batch is lost, each is settled once all the same", async () => {
  const { settleAll, orders, timesOf } = await open(10);
  const { transaction } = parts.storage;
  let commits = 0;
  parts.storage.transaction = async (work) => {
    const result = await transaction(work);
    if (++commits === 2) throw new Error("connection lost");
    return result;
  };
  expect(kindsOf(await settleAll())).toEqual(["settled", ...Array(9).fill("already-settled")]);
  expect(ids(10).map(timesOf)).toEqual(Array(10).fill(1));
  expect(await orders()).toHaveLength(10);
});
