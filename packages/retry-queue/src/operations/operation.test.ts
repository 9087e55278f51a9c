import type { PayResult } from "@codegames/client";
import { conceal } from "@codegames/codec";
import { expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import { operationOf, type OperationRow, settlementOf, summarise } from "./operation.ts";

const row: OperationRow = {
  txn_id: "A-1",
  id: "6f2b7f0a-0000-5000-8000-000000000000",
  request: '{"product_id":9007199254740993,"price":100,"txn_id":"A-1"}',
  expects_key: null,
  state: "succeeded",
  attention: "key-missing",
  created_ms: 1_000_000.5,
  settled_ms: null,
  answer: { outcome: "succeeded", status: "OK" },
  decision: null,
  settlement: { outcome: "succeeded", by: "pay", status: "OK", keyMissing: true },
};
const sold: Decision = {
  outcome: "succeeded",
  by: "pay",
  status: "OK",
  partner_txn_id: "P-1",
  product: { id: 9007199254740993n, name: "Card", productKey: conceal("KEY-17") },
};

test("a row is shown with exact numbers, dates, and the names of this version", () => {
  const request = { product_id: 9007199254740993n, price: 100, txn_id: "A-1" };
  expect(operationOf(row)).toEqual({
    txn_id: "A-1",
    operationId: row.id,
    state: "succeeded",
    attention: "key-missing",
    request,
    createdAt: new Date(1_000_000.5),
    settledAt: undefined,
    payAnswer: { outcome: "succeeded", status: "OK" },
    settlement: {
      txn_id: "A-1",
      operationId: row.id,
      outcome: "succeeded",
      by: "pay",
      status: "OK",
      partner_txn_id: undefined,
      isKeyMissing: true,
      product: undefined,
      request,
    },
  });
  const watched = { ...row, request: null, attention: null, answer: null, settlement: null, settled_ms: 5 };
  expect(operationOf(watched)).toMatchObject({
    request: undefined,
    attention: undefined,
    payAnswer: undefined,
    settlement: undefined,
    settledAt: new Date(5),
  });
});

test("a settlement has the product that was ordered, and no other (D10, D18)", () => {
  expect(settlementOf(row, sold)).toMatchObject({ product: sold.product, isKeyMissing: false });
  const other = { ...sold, product: { ...sold.product, id: 8n } } as Decision;
  expect(settlementOf({ ...row, expects_key: true }, other)).toMatchObject({ product: undefined, isKeyMissing: true });
  const { id: _, ...nameless } = sold.product as { id: bigint };
  expect(settlementOf(row, { ...sold, product: nameless } as Decision)).toMatchObject({ product: nameless });
});

test("a kept decision goes before one that contradicts it, and only then", () => {
  const kept = { outcome: "cancelled", by: "status", status: "TXN_CANCELED", isKeyLost: false } as const;
  expect(settlementOf({ ...row, decision: kept }, sold)).toMatchObject({ outcome: "cancelled", product: undefined });
  const same = { outcome: "succeeded", by: "status", isKeyLost: true } as const;
  expect(settlementOf({ ...row, decision: same }, sold)).toMatchObject({ by: "pay", product: sold.product });
});

test("a summary holds the status only when it looks like one", () => {
  const result = { outcome: "unknown", reason: "unrecognised-status", status: "KEY 17", httpStatus: 200 } as PayResult;
  const summary = { outcome: "unknown", reason: "unrecognised-status", httpStatus: 200 };
  expect(summarise(result)).toEqual({ ...summary, status: "(not a status)" });
  expect(summarise({ ...result, status: "SOLD_OUT" } as PayResult)).toEqual({ ...summary, status: "SOLD_OUT" });
  expect(summarise({ outcome: "not-sent", reason: "aborted" } as PayResult)).toEqual({
    outcome: "not-sent",
    reason: "aborted",
  });
});
