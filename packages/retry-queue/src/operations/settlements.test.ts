import { conceal, reveal } from "@codegames/codec";
import { afterEach, expect, test } from "vitest";
import { openParts, type Parts, type PartsOptions } from "../testing/open-parts.ts";
import type { Decision } from "./decision.ts";
import type { Lease } from "./jobs.ts";
import { statusQueue } from "./queue-context.ts";

let parts: Parts;
const open = async (options?: PartsOptions) => (parts = await openParts(options));
afterEach(() => parts.storage.close());

const none = { status: "OK", partner_txn_id: undefined, product: undefined };
const sold: Decision = { ...none, outcome: "succeeded", by: "status", partner_txn_id: "P-1" };
const paid: Decision = { ...sold, by: "pay", product: { id: 1n, name: "Card", productKey: conceal("KEY-17") } };
const canceled: Decision = { ...none, outcome: "cancelled", by: "status", status: "TXN_CANCELED" };
const kinds = () => parts.events.map(([event]) => event);

/** Fails as often as `times` says. */
function failing(times: number) {
  return () => {
    if (times-- > 0) throw new Error("the printer is out of paper");
  };
}

async function leaseNow(): Promise<Lease> {
  await parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s'");
  const [lease] = (await parts.storage.boss.fetch(statusQueue(parts.context), { batchSize: 1 })) as Lease[];
  return lease as Lease;
}

test("a decision is settled once; another that says the same is already-settled", async () => {
  const { settlements, settled } = await open();
  await parts.add("A-1");
  expect(await settlements.settle("A-1", sold)).toMatchObject({ kind: "settled", settlement: { isKeyMissing: true } });
  expect(await settlements.settle("A-1", sold)).toEqual({ kind: "already-settled" });
  expect(settled).toHaveLength(1);
  expect(kinds()).toEqual(["settled", "key-missing"]);
});

test("a decision about an operation that the queue does not have settles nothing, and says so", async () => {
  const { settlements, settled } = await open();
  expect(await settlements.settle("X-9", sold)).toEqual({ kind: "unknown-operation" });
  expect([settled, kinds()]).toEqual([[], []]);
});

test("a contradiction is one conflict, however often it comes", async () => {
  const { settlements } = await open();
  await parts.add("A-1");
  await settlements.settle("A-1", sold);
  for (let count = 0; count < 2; count++) {
    expect(await settlements.settle("A-1", canceled)).toEqual({ kind: "already-settled" });
  }
  const conflict = { txn_id: "A-1", settled: "succeeded", answered: "cancelled" };
  expect(parts.events.filter(([event]) => event === "conflict")).toEqual([["conflict", conflict]]);
});

test("a settlement is stored under the names that databases in use hold", async () => {
  const { settlements, sql } = await open();
  await parts.add("A-1");
  await settlements.settle("A-1", sold);
  expect(await sql("SELECT settlement FROM codegames.operation")).toEqual([
    { settlement: { outcome: "succeeded", by: "status", status: "OK", partner_txn_id: "P-1", keyMissing: true } },
  ]);
});

test("a decision whose settlement fails is kept: with its product here, and without it in the database", async () => {
  const { settlements, settled } = await open({ onSettled: failing(1) });
  await parts.add("A-1");
  expect(await settlements.settleOrKeep("A-1", paid)).toEqual({ kind: "kept" });
  expect(kinds()).toEqual(["settlement-failed"]);
  const [row] = await parts.sql("SELECT * FROM codegames.operation");
  expect(row.decision).toMatchObject({ outcome: "succeeded", isKeyLost: true });
  expect(JSON.stringify(row)).not.toContain("KEY-17");
  // A later answer decides the same without the product.
  expect(await settlements.settleOrKeep("A-1", sold)).toMatchObject({ kind: "settled" });
  expect(reveal(settled[0]?.product?.productKey)).toBe("KEY-17");
});

test("a kept decision is settled by the task of its job, by another process too, which lacks the key", async () => {
  const { settlements } = await open({ onSettled: failing(1) });
  await parts.add("A-1");
  await settlements.settleOrKeep("A-1", paid);
  const other = new (Object.getPrototypeOf(settlements).constructor)(parts.context, parts.store, parts.reader);
  await other.runTask(await leaseNow());
  expect(parts.settled).toMatchObject([{ outcome: "succeeded", isKeyMissing: true, product: undefined }]);
});

test("a task whose decision is gone gives its job back, to ask the hub", async () => {
  const { settlements, sql } = await open();
  await parts.add("A-1");
  await sql(`UPDATE codegames.job SET data = data || '{"task":"settle"}'`);
  await settlements.runTask(await leaseNow());
  expect(await sql("SELECT state::text, data FROM codegames.job WHERE name = 'hub-status'")).toEqual([
    { state: "retry", data: { txn_id: "A-1" } },
  ]);
});

test("a decision is neither settled nor kept when the database fails at both: the caller gets the error", async () => {
  const { settlements, sql } = await open({ onSettled: failing(9) });
  await parts.add("A-1");
  await sql("ALTER TABLE codegames.operation ADD CHECK (decision IS NULL)");
  await expect(settlements.settleOrKeep("A-1", sold)).rejects.toThrow(/operation_decision_check/);
  expect(kinds()).toEqual(["settlement-failed"]);
});
