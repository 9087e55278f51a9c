import { expect, test } from "vitest";
import { historyOf, judge, type Logs, rules, type Violation } from "./judge.ts";

const hash = (key: string) => `hash of ${key}`;

/** An operation whose pay was answered with the sale, one that was asked about and cancelled, and an unresolved one. */
const sound: Logs = {
  accepted: [
    { txn_id: "a", state: "succeeded", at: 3, pid: 1 },
    { txn_id: "b", state: "pending", at: 3, pid: 1 },
  ],
  calls: [
    { endpoint: "pay", txn_id: "a", at: 1, fault: undefined },
    { endpoint: "pay", txn_id: "b", at: 1, fault: "drop" },
    { endpoint: "pay", txn_id: "c", at: 1, fault: "drop" },
    { endpoint: "status", txn_id: "b", at: 5, fault: undefined },
    { endpoint: "status", txn_id: "b", at: 6, fault: undefined },
    { endpoint: "status", txn_id: "c", at: 6, fault: "http-503" },
  ],
  ledger: [{ txn_id: "a", partner_txn_id: "W1", key: "KEY" }],
  sink: [
    { txn_id: "a", outcome: "succeeded", by: "pay", key_hash: "hash of KEY", at: 2, pid: 1 },
    { txn_id: "b", outcome: "cancelled", by: "status", key_hash: null, at: 7, pid: 2 },
  ],
  operations: [
    { txn_id: "a", state: "succeeded", attention: undefined },
    { txn_id: "b", state: "cancelled", attention: undefined },
    { txn_id: "c", state: "unresolved", attention: "unresolved" },
  ],
  listed: ["c"],
};

const [a, b] = sound.sink as [Logs["sink"][number], Logs["sink"][number]];
const without = <T extends { txn_id: string }>(entries: readonly T[], txnId: string) =>
  entries.filter(({ txn_id }) => txn_id !== txnId);
const withState = (txnId: string, state: Logs["operations"][number]["state"]) =>
  sound.operations.map((operation) => (operation.txn_id === txnId ? { ...operation, state } : operation));

const leakedSale = { txn_id: "d", partner_txn_id: "W2", key: "OTHER" };
const lostIntent = {
  operations: without(sound.operations, "b"),
  sink: without(sound.sink, "b"),
  calls: without(sound.calls, "b"),
};
const secondPay = { endpoint: "pay", txn_id: "b", at: 4, fault: undefined };
const thirdCall = { endpoint: "status", txn_id: "b", at: 6, fault: undefined };
const sinkWithout = (txnId: string) => without(sound.sink, txnId);
const withSale = (txnId: string) => ({ ledger: [...sound.ledger, { ...leakedSale, txn_id: txnId }] });

/** Changes that break the sound logs, and the rule and operation that the judge must name. */
const broken: [name: string, change: Partial<Logs>, rule: Violation["rule"], txnId: string][] = [
  ["an acknowledged intent that the database lost", lostIntent, "missing", "b"],
  [
    "a pay that left before its intent was written",
    { operations: without(sound.operations, "c"), listed: [] },
    "missing",
    "c",
  ],
  ["a sale that the queue does not know", withSale("d"), "missing", "d"],
  [
    "an operation that stays pending",
    { operations: withState("b", "pending"), sink: sinkWithout("b") },
    "missing",
    "b",
  ],
  [
    "an operation that stays not-sent",
    { operations: withState("b", "not-sent"), sink: sinkWithout("b") },
    "missing",
    "b",
  ],
  ["a settled operation whose settlement was lost", { sink: sinkWithout("a") }, "missing", "a"],
  ["an unresolved operation that is not listed", { listed: [] }, "unlisted", "c"],
  ["an unresolved operation whose money went back", { sink: [...sound.sink, { ...b, txn_id: "c" }] }, "unlisted", "c"],
  ["the same settlement twice", { sink: [...sound.sink, a] }, "settled-twice", "a"],
  [
    "a settlement that the operation does not show",
    { operations: withState("b", "rejected") },
    "not-its-settlement",
    "b",
  ],
  ["a sale that was cancelled", withSale("b"), "sold-and-refunded", "b"],
  ["a delivery that was not sold", { ledger: [] }, "delivered-and-not-sold", "a"],
  ["two sales of one txn_id", withSale("a"), "sold-twice", "a"],
  ["a key of another sale", { sink: [{ ...a, key_hash: "hash of OTHER" }, b] }, "wrong-key", "a"],
  ["a second pay", { calls: [...sound.calls, secondPay] }, "paid-twice", "b"],
  ["a pay after the settlement", { sink: [a, { ...b, at: 0 }] }, "paid-after-settlement", "b"],
  ["a third call with two attempts", { calls: [...sound.calls, thirdCall] }, "too-many-attempts", "b"],
];

const judged = (change: Partial<Logs>) => judge({ ...sound, ...change }, { attempts: 2 }, hash);

test("sound logs break no rule", () => {
  expect(judged({})).toEqual([]);
});

for (const [name, change, rule, txnId] of broken) {
  test(`${name} is reported as ${rule}`, () => {
    expect(judged(change)).toContainEqual({ rule, txn_id: txnId, detail: expect.any(String) });
    // No other operation is reported.
    expect(new Set(judged(change).map(({ txn_id }) => txn_id))).toEqual(new Set([txnId]));
  });
}

test("every rule has logs that break it", () => {
  expect(new Set(broken.map(([, , rule]) => rule))).toEqual(new Set(Object.keys(rules)));
});

test("the history of an operation lists the entries of all logs, by time", () => {
  const trail = [{ at: new Date(8), kind: "conflict", detail: { answered: "succeeded" } }];
  const history = historyOf("b", sound, trail);
  expect(history.map((line) => line.replace(/^\S+Z {2}/, ""))).toEqual([
    "/pay on the wire, fault drop",
    "pay() returned pending in process 1",
    "/status on the wire",
    "/status on the wire",
    "settled as cancelled by status in process 2",
    'event conflict {"answered":"succeeded"}',
    "in the ledger: no sale",
    'in the queue: {"txn_id":"b","state":"cancelled"}',
  ]);
});
