import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { booksWith, openParts, type Parts } from "../testing/open-parts.ts";
import type { Decision } from "./decision.ts";
import type { Lease } from "./jobs.ts";
import { OperationStore } from "./operation-store.ts";
import type { OperationState } from "./operation.ts";
import { statusQueue } from "./queue-context.ts";
import { toStored } from "./settlement.ts";

// The drawing and the store are compared by what the store does: every function meets an operation in every state.

let parts: Parts;
beforeAll(async () => void (parts = await openParts()));
afterAll(() => parts.storage.close());

const states: readonly OperationState[] = [
  "pending",
  "not-sent",
  "succeeded",
  "rejected",
  "cancelled",
  "unresolved",
  "resolved",
];
const settledStates: readonly string[] = ["succeeded", "rejected", "cancelled", "resolved"];
const outcomes = ["succeeded", "rejected", "cancelled"] as const;
const decisionOf = (outcome: Decision["outcome"]): Decision => {
  return { outcome, by: "status", status: "OK", partner_txn_id: undefined, product: undefined };
};
const answer = { outcome: "unknown", reason: "timeout" };
const stored = toStored({
  outcome: "cancelled",
  by: "person",
  status: undefined,
  partner_txn_id: undefined,
  isKeyMissing: false,
});
const book = booksWith(() => {});

type Act = (txnId: string, lease: Lease) => Promise<unknown>;

/** The functions of the store that change an operation, as an arrow or without changing its state. */
const acts: readonly [name: string, act: Act][] = [
  ["addPending", (txnId) => parts.add(txnId)],
  ["markNotSent", (txnId) => inTransaction((tx) => parts.store.markNotSent(tx, txnId, answer))],
  ["reopen", (txnId) => inTransaction((tx) => parts.store.reopen(tx, txnId))],
  ["closeUnsent", (txnId) => inTransaction((tx) => parts.store.closeUnsent(tx, [txnId], book))],
  ...outcomes.map((outcome): [string, Act] => [
    "settle",
    (txnId) => inTransaction((tx) => parts.store.settle(tx, [{ txnId, decision: decisionOf(outcome) }], book)),
  ]),
  ["giveUp", (_, lease) => inTransaction((tx) => parts.store.giveUp(tx, lease, {}))],
  ["redrive", (txnId) => inTransaction((tx) => parts.store.redrive(tx, txnId))],
  ["resolve", (txnId) => inTransaction((tx) => parts.store.resolve(tx, txnId, stored, false, {}))],
  ["noteAnswer", (txnId) => inTransaction((tx) => parts.store.noteAnswer(tx, txnId, answer, 0))],
  [
    "keepDecision",
    (txnId) => inTransaction((tx) => parts.store.keepDecision(tx, { txnId, decision: decisionOf("succeeded") })),
  ],
  ["markConflict", (txnId) => inTransaction((tx) => parts.store.markConflict(tx, txnId, {}))],
  ["countAbsent", (_, lease) => parts.store.countAbsent(parts.storage.db, [lease])],
  ["countUnsent", (txnId) => inTransaction((tx) => parts.store.countUnsent(tx, [txnId]))],
];

const inTransaction: Parts["storage"]["transaction"] = (work) => parts.storage.transaction(work);

interface Arrow {
  act: string;
  from: string;
  to: string;
}

const textOf = ({ act, from, to }: Arrow) => `${from} → ${to} by ${act}`;

function drawnArrows(): string[] {
  const svg = readFileSync(new URL("../../states.svg", import.meta.url), "utf8");
  const drawn = [...svg.matchAll(/<path [^>]*data-act="(\w+)" data-from="([\w -]+)" data-to="([\w -]+)"/g)];
  return drawn.flatMap(([, act = "", from = "", to = ""]) =>
    to.split(" ").map((each) => textOf({ act, from, to: each })),
  );
}

test("every function of the store is tried below", () => {
  const functions = Object.getOwnPropertyNames(OperationStore.prototype).filter((name) => name !== "constructor");
  expect(functions.toSorted()).toEqual([...new Set(acts.map(([act]) => act))].toSorted());
});

let count = 0;

/** Makes an operation in a state, with a leased job. */
async function makeOperation(state: OperationState): Promise<{ txnId: string; lease: Lease }> {
  const txnId = `T-${++count}`;
  await parts.add(txnId);
  await parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s'");
  const [lease] = (await parts.storage.boss.fetch(statusQueue(parts.context), { batchSize: 1 })) as Lease[];
  const settlement = settledStates.includes(state) ? JSON.stringify(stored) : null;
  const waiting = "CASE $2::text WHEN 'unresolved' THEN $2 WHEN 'succeeded' THEN 'conflict' END";
  await parts.sql(
    `UPDATE codegames.operation SET state = $2, attention = ${waiting}, settlement = $3::jsonb WHERE txn_id = $1`,
    [txnId, state, settlement],
  );
  return { txnId, lease: lease as Lease };
}

const readRow = async (txnId: string) =>
  (await parts.sql("SELECT * FROM codegames.operation WHERE txn_id = $1", [txnId]))[0];

test("the arrows of states.svg are what the functions of the store do to operations in every state", async () => {
  const done: Arrow[] = [];
  for (const from of states) {
    for (const [act, change] of acts) {
      const { txnId, lease } = await makeOperation(from);
      await change(txnId, lease);
      const { state: to } = await readRow(txnId);
      if (to !== from) done.push({ act, from, to });
    }
  }
  await parts.add("T-new");
  done.push({ act: "addPending", from: "none", to: (await readRow("T-new")).state });
  expect(done.map(textOf).toSorted()).toEqual(drawnArrows().toSorted());
  expect(drawnArrows()).toHaveLength(16);
}, 60_000);

test("a function that is no arrow of a state leaves the settlement of an operation alone", async () => {
  for (const from of settledStates as OperationState[]) {
    for (const [act, change] of acts) {
      const { txnId, lease } = await makeOperation(from);
      const { settlement, settled_at, answer: before, decision } = await readRow(txnId);
      await change(txnId, lease);
      const row = await readRow(txnId);
      expect(row, `${act} of ${from}`).toMatchObject({ settlement, answer: before, decision });
      if (act !== "resolve") expect(row, `${act} of ${from}`).toMatchObject({ settled_at });
    }
  }
}, 60_000);
