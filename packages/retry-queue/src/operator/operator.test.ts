import { afterEach, beforeEach, expect, test } from "vitest";
import type { Lease } from "../operations/jobs.ts";
import { openParts, type Parts } from "../testing/open-parts.ts";

let parts: Parts;
beforeEach(async () => void (parts = await openParts({ policy: { attempts: 3 } })));
afterEach(() => parts.storage.close());

/** Makes operations unresolved. */
async function giveUp(...txnIds: string[]): Promise<void> {
  await parts.add(...txnIds);
  await parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s' WHERE state < 'active'");
  const { leases } = await parts.leases.take(100);
  for (const lease of leases as Lease[]) await parts.leases.giveUp(lease, { outcome: "unknown", reason: "timeout" });
}

test("counts() counts open and waiting operations of this queue alone", async () => {
  expect(await parts.operator.count()).toEqual({
    pending: 0,
    oldestSeconds: 0,
    attention: { unresolved: 0, "key-missing": 0, conflict: 0 },
    isPaused: false,
  });
  await giveUp("A-1", "A-2");
  await parts.add("A-3");
  await parts.sql("UPDATE codegames.operation SET created_at = now() - interval '1 h' WHERE txn_id = 'A-3'");
  await parts.sql("UPDATE codegames.operation SET attention = 'conflict' WHERE txn_id = 'A-2'");
  await parts.sql(
    `INSERT INTO codegames.operation SELECT 'other', txn_id, id, request, expects_key, state, attention, created_at
     FROM codegames.operation`,
  );
  await parts.sql(`INSERT INTO codegames.operation_pace VALUES ('hub', 1, '{"pauses":2}')`);
  expect(await parts.operator.count()).toMatchObject({
    pending: 1,
    oldestSeconds: expect.closeTo(3600, -1),
    attention: { unresolved: 1, "key-missing": 0, conflict: 1 },
    isPaused: true,
  });
});

test("a trail has the attempts, the next call, the last answer and what the operator did, in order", async () => {
  await giveUp("A-1");
  expect(await parts.operator.redrive()).toBe(1);
  const operation = await parts.reader.existing("A-1");
  const { attempts, nextAt, lastAnswer, events } = await parts.operator.readTrail(operation);
  expect([attempts, lastAnswer]).toEqual([0, undefined]);
  expect(Number(nextAt)).toBeLessThanOrEqual(Date.now());
  expect(events.map(({ kind }) => kind)).toEqual(["unresolved", "redriven"]);
  await parts.sql("DELETE FROM codegames.job");
  expect(await parts.operator.readTrail(operation)).toMatchObject({ attempts: 0, nextAt: undefined });
});

test("redrive() takes one unresolved operation, or all", async () => {
  await giveUp("A-1", "A-2", "A-3");
  expect(await parts.operator.redrive("A-2")).toBe(1);
  expect(await parts.operator.redrive("A-2")).toBe(0);
  expect(await parts.operator.redrive("X-9")).toBe(0);
  expect(await parts.operator.redrive()).toBe(2);
  expect(await parts.operator.listWaiting(9)).toEqual([]);
});

test("a resolution is recorded with its note, and closes an operation once", async () => {
  await giveUp("A-1");
  const resolved = await parts.operator.resolve("A-1", "refunded", "asked the hub");
  expect(resolved).toMatchObject({ state: "resolved", settlement: { outcome: "cancelled", by: "person" } });
  const { events } = await parts.operator.readTrail(resolved);
  expect(events.at(-1)).toMatchObject({ kind: "resolved", detail: { decision: "refunded", note: "asked the hub" } });
  await expect(parts.operator.resolve("A-1", "refunded", "again")).rejects.toMatchObject({ code: "wrong-state" });
  await expect(parts.operator.resolve("A-1", "lost" as never, "x")).rejects.toMatchObject({ code: "invalid-option" });
});
