import { afterEach, beforeEach, expect, test } from "vitest";
import type { Lease } from "../operations/jobs.ts";
import { openParts, type Parts } from "../testing/open-parts.ts";

let parts: Parts;
beforeEach(
  async () => void (parts = await openParts({ policy: { attempts: 2, notFoundAnswers: 2, newestShare: 0.5 } })),
);
afterEach(() => parts.storage.close());

const answer = { outcome: "unknown", reason: "timeout" };
const makeDue = () => parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s' WHERE state < 'active'");
const idsOf = (leases: readonly Lease[]) => leases.map(({ data }) => data.txn_id);

async function take(limit = 10): Promise<Lease[]> {
  await makeDue();
  return (await parts.leases.take(limit)).leases;
}

const job = async (txnId: string) =>
  (
    await parts.sql(
      `SELECT state::text, retry_count, data, output, round(extract(epoch FROM start_after - now()))::int AS wait
       FROM codegames.job WHERE name = 'hub-status' AND data->>'txn_id' = $1`,
      [txnId],
    )
  )[0];

test("take() leases what is due, and says whether that is all", async () => {
  await parts.add("A-1", "A-2", "A-3");
  expect(await parts.leases.take(10)).toEqual({ leases: [], isAll: true });
  await makeDue();
  const { leases, isAll } = await parts.leases.take(2);
  expect([leases.length, isAll]).toEqual([2, false]);
  expect(idsOf((await parts.leases.take(10)).leases)).toHaveLength(1);
});

test("when more is due than fits, half goes to the oldest and half to the newest", async () => {
  await parts.add("OLD-1", "OLD-2", "NEW-1", "NEW-2");
  await parts.sql("UPDATE codegames.job SET priority = priority + 60 WHERE data->>'txn_id' LIKE 'OLD%'");
  await makeDue();
  const { leases } = await parts.leases.take(2);
  expect(idsOf(leases)).toEqual([expect.stringMatching(/^OLD/), expect.stringMatching(/^NEW/)]);
});

test("an undecided call is due a period later, or later still if the hub asks for it", async () => {
  await parts.add("A-1", "A-2");
  const leases = await take();
  const calls = leases.map((lease) => ({
    lease,
    answer,
    ...(lease.data.txn_id === "A-2" && { retryAfterMs: 500_000 }),
  }));
  await parts.leases.returnUndecided(calls);
  expect(await job("A-1")).toMatchObject({ state: "retry", output: answer, wait: 120 });
  expect(await job("A-2")).toMatchObject({ state: "retry", wait: 500 });
});

test("the last attempt makes the operation unresolved; a lease that sent nothing is no attempt", async () => {
  await parts.add("A-1");
  await parts.leases.releaseUnsent(await take());
  expect(await job("A-1")).toMatchObject({ state: "created" });
  for (const state of ["pending", "unresolved"]) {
    const leases = await take();
    expect(await parts.leases.findExhausted(leases, 0)).toEqual(new Set());
    await parts.leases.returnUndecided(leases.map((lease) => ({ lease, answer })));
    expect(await parts.reader.find("A-1")).toMatchObject({ state });
  }
  expect(parts.events).toEqual([["unresolved", { txn_id: "A-1" }]]);
  const { events } = await parts.operator.readTrail(await parts.reader.existing("A-1"));
  expect(events).toMatchObject([{ kind: "unresolved", detail: { attempts: 2, ...answer } }]);
});

test("TXN_NOT_FOUND is final when it came often enough in a row", async () => {
  await parts.add("A-1", "A-2");
  const first = await take();
  expect(await parts.leases.countAbsent(first)).toEqual(new Set());
  await parts.leases.returnUndecided(first.map((lease) => ({ lease, answer })));
  const second = await take();
  const ofOne = second.filter(({ data }) => data.txn_id === "A-1");
  expect(await parts.leases.countAbsent(ofOne)).toEqual(new Set(["A-1"]));
});

test("a lease that has expired is due again, and so is every lease when no other process can hold one", async () => {
  await parts.add("A-1");
  await take();
  await parts.leases.returnExpired(false);
  expect(await job("A-1")).toMatchObject({ state: "active" });
  await parts.sql("UPDATE codegames.job SET started_on = now() - interval '61 s'");
  await parts.leases.returnExpired(false);
  expect(await job("A-1")).toMatchObject({ state: "retry", output: { reason: "lapsed" } });
  await take();
  await parts.leases.returnExpired(true);
  expect(await job("A-1")).toMatchObject({ state: "retry" });
});

test("a kept decision whose job would ask the hub is scheduled for its settlement", async () => {
  await parts.add("A-1", "A-2", "A-3");
  await parts.sql(`UPDATE codegames.operation SET decision = '{"outcome":"succeeded"}' WHERE txn_id <> 'A-2'`);
  await parts.sql(`UPDATE codegames.job SET data = data || '{"task":"settle"}', start_after = now() + interval '5 s'
    WHERE data->>'txn_id' = 'A-3'`);
  await parts.leases.scheduleSettlements();
  expect(await job("A-1")).toMatchObject({ data: { txn_id: "A-1", task: "settle" }, wait: 120 });
  expect((await job("A-2")).data).toEqual({ txn_id: "A-2" });
  // One that is scheduled already is not put off.
  expect((await job("A-3")).wait).toBeLessThanOrEqual(5);
});

test("open operations that lost their jobs get the ones that they need, and no other operation does", async () => {
  await parts.add("A-1", "A-2", "A-3", "A-4");
  await parts.sql(`UPDATE codegames.operation SET decision = '{"outcome":"succeeded"}' WHERE txn_id = 'A-1'`);
  await parts.sql("UPDATE codegames.operation SET state = 'not-sent' WHERE txn_id = 'A-2'");
  await parts.sql("UPDATE codegames.operation SET state = 'cancelled' WHERE txn_id = 'A-4'");
  await parts.sql("DELETE FROM codegames.job");
  await parts.leases.replaceLostJobs();
  const jobs = await parts.sql("SELECT data FROM codegames.job WHERE name = 'hub-status' ORDER BY data->>'txn_id'");
  expect(jobs.map(({ data }) => data)).toEqual([
    { txn_id: "A-1", task: "settle" },
    { txn_id: "A-2", task: "close" },
    { txn_id: "A-3" },
  ]);
});
