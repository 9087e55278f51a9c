import { expect, test } from "vitest";
import { fromStored, toStored } from "./settlement.ts";

const fields = { outcome: "succeeded", by: "pay", status: "OK", partner_txn_id: "P-1", isKeyMissing: true } as const;

test("a settlement is stored under the names that databases in use hold, and read back", () => {
  const { isKeyMissing, ...same } = fields;
  const stored = toStored(fields);
  expect(stored).toEqual({ ...same, keyMissing: isKeyMissing });
  expect(fromStored(JSON.parse(JSON.stringify(stored)))).toEqual(fields);
});

test("a partner_txn_id is stored without the characters that PostgreSQL refuses", () => {
  expect(toStored({ ...fields, partner_txn_id: "P\0\ud800x" }).partner_txn_id).toBe("P\uFFFD\uFFFDx");
  expect(toStored({ ...fields, partner_txn_id: undefined }).partner_txn_id).toBeUndefined();
});
