import { afterAll, beforeAll, expect, test } from "vitest";
import { openParts, type Parts } from "../testing/open-parts.ts";

let parts: Parts;
beforeAll(async () => {
  parts = await openParts();
  await parts.add("A-1", "A-2", "A-3");
  // Created in the order.
  await parts.sql("UPDATE codegames.operation SET created_at = now() - interval '1 h' WHERE txn_id = 'A-2'");
  await parts.sql("UPDATE codegames.operation SET created_at = now() + interval '1 h' WHERE txn_id = 'A-3'");
});
afterAll(() => parts.storage.close());

test("existing() names the operation and the queue that it is missing from", async () => {
  expect(await parts.reader.existing("A-1")).toMatchObject({ txn_id: "A-1", state: "pending" });
  expect(await parts.reader.find("X-9")).toBeUndefined();
  await expect(parts.reader.existing("X-9")).rejects.toMatchObject({
    code: "unknown-operation",
    message: 'There is no operation with txn_id "X-9" in the queue hub',
  });
});

test("existingRows() returns all of the rows, or throws", async () => {
  const { db } = parts.storage;
  expect([...(await parts.reader.existingRows(db, ["A-1", "A-3"])).keys()].toSorted()).toEqual(["A-1", "A-3"]);
  expect(await parts.reader.existingRows(db, [])).toEqual(new Map());
  await expect(parts.reader.existingRows(db, ["A-1", "X-9"])).rejects.toThrow('The operation "X-9" was deleted');
});

test("lists are oldest first, and limited", async () => {
  const { reader, sql } = parts;
  const ids = (operations: { txn_id: string }[]) => operations.map(({ txn_id }) => txn_id);
  expect(ids(await reader.list(["pending"], 9))).toEqual(["A-2", "A-1", "A-3"]);
  expect(ids(await reader.list(["pending"], 2))).toEqual(["A-2", "A-1"]);
  expect(ids(await reader.list(["succeeded"], 9))).toEqual([]);
  await sql("UPDATE codegames.operation SET attention = 'conflict' WHERE txn_id <> 'A-1'");
  expect(ids(await reader.listWaiting(9))).toEqual(["A-2", "A-3"]);
  expect(ids(await reader.listWaiting(1))).toEqual(["A-2"]);
});

test("readUnsent() counts the leases that sent nothing, of this queue", async () => {
  await parts.store.countUnsent(parts.storage.db, ["A-1"]);
  await parts.store.countUnsent(parts.storage.db, ["A-1", "A-2"]);
  expect(await parts.reader.readUnsent(["A-1", "A-2", "X-9"])).toEqual(
    new Map([
      ["A-1", 2],
      ["A-2", 1],
    ]),
  );
});
