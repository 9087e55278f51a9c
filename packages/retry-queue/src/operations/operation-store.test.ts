import type { PayResult } from "@codegames/client";
import { afterAll, beforeEach, expect, test } from "vitest";
import { booksWith, openParts, type Parts } from "../testing/open-parts.ts";
import { type Decision, neverSent } from "./decision.ts";
import { statusQueue } from "./queue-context.ts";

let parts: Parts;
const opened: Parts[] = [];
beforeEach(async () => void opened.push((parts = await openParts())));
afterAll(() => Promise.all(opened.map(({ storage }) => storage.close())));

const notSent = { outcome: "not-sent", reason: "unreachable" } as const satisfies Partial<PayResult>;
const decisionOf = (outcome: Decision["outcome"], more: Partial<Decision> = {}): Decision => {
  return { outcome, by: "status", status: "OK", partner_txn_id: undefined, product: undefined, ...more };
};
const intentOf = (txnId: string, request?: string) => ({ txnId, request, expectsKey: undefined });
const jobs = () =>
  parts.sql("SELECT id::text, state::text, data FROM codegames.job WHERE name = 'hub-status' ORDER BY data");

test("a pay that was never sent is closed, unless it is sent again meanwhile", async () => {
  const { store, settlements, settled, storage } = parts;
  await parts.add("A-1", "A-2");
  for (const txnId of ["A-1", "A-2"]) await storage.transaction((tx) => store.markNotSent(tx, txnId, notSent));
  const reopen = (txnId: string) => storage.transaction((tx) => store.reopen(tx, txnId));
  expect(await reopen("A-1")).toBe(true);
  expect(await reopen("A-1")).toBe(false);
  expect(await settlements.settle("A-1", neverSent)).toEqual({ kind: "sent-again" });
  expect(await parts.reader.find("A-1")).toMatchObject({ state: "pending", settlement: undefined });
  expect(await settlements.settle("A-2", neverSent)).toMatchObject({
    kind: "settled",
    settlement: { outcome: "cancelled", by: "not-sent" },
  });
  expect(await reopen("A-2")).toBe(false);
  expect(settled.map(({ txn_id, outcome }) => `${txn_id} ${outcome}`)).toEqual(["A-2 cancelled"]);
});

test("a batch of intents is one transaction: of one txn_id the first request is added", async () => {
  const { store, storage } = parts;
  await storage.transaction((tx) => store.addPending(tx, [intentOf("A-1", "{1}")]));
  const batch = [intentOf("A-1", "{1}"), intentOf("B-1", "{2}"), intentOf("B-1", "{3}"), intentOf("C-1")];
  const results = await storage.transaction((tx) => store.addPending(tx, batch));
  expect(results).toMatchObject([
    { kind: "known", row: { txn_id: "A-1", request: "{1}" } },
    { kind: "added" },
    { kind: "known", row: { txn_id: "B-1", request: "{2}" } },
    { kind: "added" },
  ]);
  expect((await jobs()).map(({ data }) => data.txn_id)).toEqual(["A-1", "B-1", "C-1"]);
});

test("an intent whose transaction is rolled back leaves neither an operation nor a job", async () => {
  const { store, storage } = parts;
  const failed = storage.transaction(async (tx) => {
    await store.addPending(tx, [intentOf("A-1")]);
    throw new Error("not now");
  });
  await expect(failed).rejects.toThrow("not now");
  expect(await parts.reader.find("A-1")).toBeUndefined();
  expect(await jobs()).toEqual([]);
});

test("a batch of decisions is settled in one transaction, each operation once", async () => {
  const { store, storage } = parts;
  await parts.add("A-1", "A-2", "A-3");
  const booked: string[] = [];
  const decided = [
    { txnId: "A-1", decision: decisionOf("succeeded") },
    { txnId: "A-2", decision: decisionOf("rejected", { by: "pay", status: "WRONG_PRICE" }) },
    { txnId: "A-1", decision: decisionOf("cancelled") },
    { txnId: "X-9", decision: decisionOf("succeeded") },
  ];
  const book = booksWith(({ txn_id, outcome }) => void booked.push(txn_id + outcome));
  const results = await storage.transaction((tx) => store.settle(tx, decided, book));
  expect(results.map(({ kind }) => kind)).toEqual(["settled", "settled", "not-open", "not-open"]);
  expect(booked).toEqual(["A-1succeeded", "A-2rejected"]);
  expect(await parts.reader.list(["succeeded", "rejected", "pending"], 9)).toMatchObject([
    { txn_id: "A-1", state: "succeeded", attention: "key-missing", payAnswer: undefined },
    { txn_id: "A-2", state: "rejected", attention: undefined, payAnswer: { status: "WRONG_PRICE" } },
    { txn_id: "A-3", state: "pending", settlement: undefined },
  ]);
  expect((await jobs()).map(({ state }) => state)).toEqual(["completed", "completed", "created"]);
});

test("when a book throws, nothing of its batch is settled", async () => {
  const { store, storage } = parts;
  await parts.add("A-1", "A-2");
  const decided = ["A-1", "A-2"].map((txnId) => ({ txnId, decision: decisionOf("succeeded") }));
  const book = booksWith(({ txn_id }) => {
    if (txn_id === "A-2") throw new Error("the printer is out of paper");
  });
  await expect(storage.transaction((tx) => store.settle(tx, decided, book))).rejects.toThrow("out of paper");
  expect((await parts.reader.list(["pending"], 9)).map(({ txn_id }) => txn_id).toSorted()).toEqual(["A-1", "A-2"]);
});

test("the first decision stays, before its settlement too", async () => {
  const { store, storage } = parts;
  await parts.add("A-1");
  const keep = (decision: Decision) => storage.transaction((tx) => store.keepDecision(tx, { txnId: "A-1", decision }));
  await keep(decisionOf("succeeded", { partner_txn_id: "P\0\ud800" }));
  await keep(decisionOf("cancelled"));
  const [{ decision }] = await parts.sql("SELECT decision FROM codegames.operation");
  expect(decision).toMatchObject({ outcome: "succeeded", partner_txn_id: "P\uFFFD\uFFFD" });
  expect((await jobs())[0].data).toEqual({ txn_id: "A-1", task: "settle" });
  const late = [{ txnId: "A-1", decision: decisionOf("cancelled") }];
  const [result] = await storage.transaction((tx) =>
    store.settle(
      tx,
      late,
      booksWith(() => {}),
    ),
  );
  expect(result).toMatchObject({ kind: "settled", settlement: { outcome: "succeeded", product: undefined } });
});

test("TXN_NOT_FOUND counts once for each current lease, and in a row only", async () => {
  const { store, storage, context } = parts;
  await parts.add("A-1");
  const lease = async () => {
    await parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s'");
    return (await storage.boss.fetch(statusQueue(context), { batchSize: 1 })) as never[];
  };
  const count = async (leases: never[]) => (await store.countAbsent(storage.db, leases)).get("A-1");
  const first = await lease();
  expect([await count(first), await count(first)]).toEqual([1, undefined]);
  await storage.boss.fail(statusQueue(context), first, null);
  const second = await lease();
  expect(await count(first)).toBeUndefined();
  expect(await count(second)).toBe(2);
  for (const other of [second, await (async () => (await storage.boss.fail("hub-status", second, null), lease()))()])
    await storage.boss.fail(statusQueue(context), other, null);
  expect(await count(await lease())).toBe(1);
});
