import type { StatusResult } from "@codegames/client";
import { afterEach, expect, test } from "vitest";
import { openParts, type Parts, type PartsOptions } from "../testing/open-parts.ts";
import { notSent, sold, unknown } from "../testing/results.ts";
import { initialHubState } from "./hub-state-table.ts";

let parts: Parts;
afterEach(async () => {
  parts.worker.stop();
  await parts.context.background.finished();
  await parts.storage.close();
});

/** A worker whose hub answers with `answer`. `asked`: the operations that it was asked about. */
async function open(
  answer: (txnId: string) => StatusResult | Promise<StatusResult>,
  policy: PartsOptions["policy"] = {},
) {
  const asked: string[] = [];
  const status = async ({ txn_id }: { txn_id: string }) => {
    asked.push(txn_id);
    return answer(txn_id);
  };
  parts = await openParts({ client: { status }, policy: { pollSeconds: 0.01, ...policy } });
  return asked;
}

const makeDue = () => parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s'");

/** Waits until an event has come often enough. */
async function until(event: string, count = 1): Promise<void> {
  const deadline = AbortSignal.timeout(20_000);
  while (parts.events.filter(([each]) => each === event).length < count) {
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("what is due is asked about once, and settled", async () => {
  const asked = await open(() => sold);
  await parts.add("A-1", "A-2", "LATER");
  await makeDue();
  await parts.sql("UPDATE codegames.job SET start_after = now() + interval '1 h' WHERE data->>'txn_id' = 'LATER'");
  parts.worker.start();
  await until("settled", 2);
  expect(asked.toSorted()).toEqual(["A-1", "A-2"]);
  expect(parts.worker.checks).toBe(2);
});

test("a worker that is started twice works once", async () => {
  await open(() => sold);
  const gate = Promise.withResolvers<void>();
  let takes = 0;
  parts.leases.take = async () => {
    takes++;
    await gate.promise;
    return { leases: [], isAll: true };
  };
  parts.worker.start();
  parts.worker.start();
  while (takes === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  parts.worker.stop();
  gate.resolve();
  await parts.context.background.finished();
  expect(takes).toBe(1);
});

test("a job with a task settles what is kept, and asks nobody", async () => {
  const asked = await open(() => sold);
  await parts.add("A-1", "A-2");
  await parts.storage.transaction((tx) => parts.store.markNotSent(tx, "A-1", { outcome: "not-sent" }));
  const decision = {
    outcome: "succeeded",
    by: "pay",
    status: "OK",
    partner_txn_id: undefined,
    product: undefined,
  } as const;
  await parts.storage.transaction((tx) => parts.store.keepDecision(tx, { txnId: "A-2", decision }));
  await makeDue();
  parts.worker.start();
  await until("settled", 2);
  expect(asked).toEqual([]);
  const outcomes = parts.settled.map(({ txn_id, outcome, by }) => `${txn_id} ${outcome} by ${by}`);
  expect(outcomes.toSorted()).toEqual(["A-1 cancelled by not-sent", "A-2 succeeded by pay"]);
});

test("while the circuit breaker is half-open, one trial call is made, and the other leases are released", async () => {
  const asked = await open(() => notSent);
  await parts.add("A-1", "A-2", "A-3");
  await makeDue();
  const halfOpen = { ...initialHubState, pauses: 1, pausedUntilMs: 1 };
  await parts.sql("INSERT INTO codegames.operation_pace VALUES ('hub', 1, $1::jsonb)", [JSON.stringify(halfOpen)]);
  parts.worker.start();
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  parts.worker.stop();
  await parts.context.background.finished();
  expect(asked).toHaveLength(1);
  expect(parts.worker.checks).toBe(0);
  const states = await parts.sql("SELECT DISTINCT state::text FROM codegames.job WHERE name = 'hub-status'");
  expect(states).toEqual([{ state: "created" }]);
  expect([...(await parts.reader.readUnsent(["A-1", "A-2", "A-3"])).values()]).toEqual([1, 1, 1]);
});

test("a stop waits for the calls under way and writes their results", async () => {
  let answer = (_: StatusResult) => {};
  const asked = await open(() => new Promise((resolve) => (answer = resolve)));
  await parts.add("A-1");
  await makeDue();
  parts.worker.start();
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  parts.worker.stop();
  const finished = parts.context.background.finished();
  answer(sold);
  await finished;
  expect(await parts.reader.find("A-1")).toMatchObject({ state: "succeeded" });
});

test("an operation without an attempt left is given up without a call", async () => {
  const asked = await open(() => unknown(), { attempts: 1 });
  await parts.add("A-1");
  await parts.sql("UPDATE codegames.job SET retry_count = 1, started_on = now(), state = 'retry'");
  await makeDue();
  parts.worker.start();
  await until("unresolved");
  expect(asked).toEqual([]);
});

test("a database that fails is reported, and tried again", async () => {
  const asked = await open(() => sold);
  await parts.add("A-1");
  await makeDue();
  await parts.sql("ALTER TABLE codegames.operation_pace RENAME TO away");
  parts.worker.start();
  await until("database-failed");
  await parts.sql("ALTER TABLE codegames.away RENAME TO operation_pace");
  await until("settled");
  expect(asked).toEqual(["A-1"]);
});
