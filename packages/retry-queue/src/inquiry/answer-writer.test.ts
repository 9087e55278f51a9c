import type { StatusResult } from "@codegames/client";
import { afterEach, expect, test } from "vitest";
import type { Lease } from "../operations/jobs.ts";
import { openParts, type Parts, type PartsOptions } from "../testing/open-parts.ts";
import { absent, notSent, sold, unknown } from "../testing/results.ts";
import { AnswerWriter } from "./answer-writer.ts";

let parts: Parts;
afterEach(() => parts.storage.close());

/** A writer with leases of operations, and how many of them have ended. */
async function open(txnIds: string[], options?: PartsOptions) {
  parts = await openParts({ ...options, policy: { notFoundAnswers: 1, ...options?.policy } });
  await parts.add(...txnIds);
  await parts.sql("UPDATE codegames.job SET start_after = now() - interval '1 s'");
  const { leases } = await parts.leases.take(100);
  const ended: string[] = [];
  const end = (each: readonly Lease[]) => void ended.push(...each.map(({ data }) => data.txn_id));
  const writer = new AnswerWriter(parts.context, parts.leases, parts.settlements, end);
  const write = (txnId: string, result: StatusResult) =>
    writer.write({ lease: leases.find(({ data }) => data.txn_id === txnId) as Lease, result });
  return { write, ended };
}

const states = async () =>
  Object.fromEntries(
    (await parts.sql("SELECT txn_id, state FROM codegames.operation")).map((row) => [row.txn_id, row.state]),
  );

test("each result of a batch is written as what it says", async () => {
  const { write, ended } = await open(["SOLD", "ABSENT", "UNCLEAR", "UNSENT"]);
  await Promise.all([
    write("SOLD", sold),
    write("ABSENT", absent),
    write("UNCLEAR", unknown()),
    write("UNSENT", notSent),
  ]);
  expect(await states()).toEqual({ SOLD: "succeeded", ABSENT: "cancelled", UNCLEAR: "pending", UNSENT: "pending" });
  expect(ended.toSorted()).toEqual(["ABSENT", "SOLD", "UNCLEAR", "UNSENT"]);
  expect(await parts.reader.readUnsent(["UNCLEAR", "UNSENT"])).toEqual(
    new Map([
      ["UNCLEAR", 0],
      ["UNSENT", 1],
    ]),
  );
});

test("results that come during a write form the next batch", async () => {
  const booking = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const onSettled = () => {
    booking.resolve();
    return gate.promise;
  };
  const { write, ended } = await open(["A-1", "A-2", "A-3"], { onSettled });
  const first = write("A-1", sold);
  await booking.promise;
  await write("A-2", unknown());
  await write("A-3", unknown());
  expect(ended).toEqual([]);
  gate.resolve();
  await first;
  expect(ended).toEqual(["A-1", "A-2", "A-3"]);
});

test("a settlement that fails keeps its decision, and disturbs no other result", async () => {
  const onSettled = ({ txn_id }: { txn_id: string }) => {
    if (txn_id === "A-1") throw new Error("not now");
  };
  const { write } = await open(["A-1", "A-2"], { onSettled });
  await Promise.all([write("A-1", sold), write("A-2", sold)]);
  expect(await states()).toEqual({ "A-1": "pending", "A-2": "succeeded" });
  expect(parts.events.map(([event]) => event)).toContain("settlement-failed");
  expect(await parts.sql("SELECT txn_id FROM codegames.operation WHERE decision IS NOT NULL")).toEqual([
    { txn_id: "A-1" },
  ]);
});

test("results that cannot be written end their leases here, and are reported", async () => {
  const { write, ended } = await open(["A-1"]);
  await parts.sql("ALTER TABLE codegames.operation RENAME TO away");
  await write("A-1", notSent);
  expect(ended).toEqual(["A-1"]);
  expect(parts.events).toEqual([["database-failed", expect.objectContaining({ code: "42P01" })]]);
});
