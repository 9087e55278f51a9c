import { expect, test } from "vitest";
import { newTxnId } from "./index.ts";

test("newTxnId() makes unique UUIDs of version 7 that sort in the order in which they were made", () => {
  const ids = Array.from({ length: 10_000 }, newTxnId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
