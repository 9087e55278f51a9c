import type { PayResult, StatusResult } from "@codegames/client";
import { conceal } from "@codegames/codec";
import { describe, expect, test } from "vitest";
import {
  type Decision,
  decisionOfPay,
  decisionOfStatus,
  isContradiction,
  lacksKey,
  neverSent,
  withoutProduct,
  withProductLost,
} from "./decision.ts";

const product = { id: 1n, name: "Card", productKey: conceal("KEY-17") };
const body = { status: "OK", partner_txn_id: "P-1", product };
const resultOf = (outcome: string, more = {}) => ({ outcome, status: "OK", body, ...more }) as PayResult & StatusResult;
const decision: Decision = { outcome: "succeeded", by: "pay", status: "OK", partner_txn_id: "P-1", product };

describe("a pay", () => {
  test.each(["unknown", "not-sent"])("whose result is %s decides nothing", (outcome) => {
    expect(decisionOfPay(resultOf(outcome))).toBeUndefined();
  });

  test("that is refused is rejected, and has no product", () => {
    const refused = resultOf("rejected", { status: "WRONG_PRICE", body: { status: "WRONG_PRICE" } });
    const none = { partner_txn_id: undefined, product: undefined };
    expect(decisionOfPay(refused)).toEqual({ outcome: "rejected", by: "pay", status: "WRONG_PRICE", ...none });
  });

  test("that is sold has its product; a key that could not be read is lost", () => {
    expect(decisionOfPay(resultOf("succeeded"))).toEqual({ ...decision, isKeyLost: false });
    const unread = { lacksSecret: true };
    expect(decisionOfPay(resultOf("succeeded", { unread }))).toMatchObject({ isKeyLost: true });
  });
});

describe("a status call", () => {
  test.each(["unknown", "absent", "not-sent"])("whose result is %s decides nothing", (outcome) => {
    expect(decisionOfStatus(resultOf(outcome))).toBeUndefined();
  });

  test("that says TXN_CANCELED cancels: the pay was not refused, it was undone", () => {
    const canceled = resultOf("rejected", { status: "TXN_CANCELED", body: { status: "TXN_CANCELED" } });
    expect(decisionOfStatus(canceled)).toMatchObject({ outcome: "cancelled", by: "status", status: "TXN_CANCELED" });
  });
});

test.each([
  ["a pay without a key, when none is expected", { ...decision, product: undefined }, false, false],
  ["a pay without a key, when nobody said", { ...decision, product: undefined }, undefined, false],
  ["a pay without a key, when one is expected", { ...decision, product: undefined }, true, true],
  ["a status without a key, when nobody said", { ...decision, by: "status", product: undefined }, undefined, true],
  ["an empty key", { ...decision, product: { ...product, productKey: conceal("") } }, true, true],
  ["a lost key, even when none is expected", { ...decision, product: undefined, isKeyLost: true }, false, true],
  ["a key", decision, true, false],
  ["no sale", neverSent, true, false],
] as [string, Decision, boolean | undefined, boolean][])("lacksKey() of %s", (_, given, expectsKey, expected) => {
  expect(lacksKey(given, expectsKey)).toBe(expected);
});

test("a stored decision has no product, and comes back with its key lost", () => {
  const stored = JSON.parse(JSON.stringify(withoutProduct(decision)));
  expect(stored).toEqual({ outcome: "succeeded", by: "pay", status: "OK", partner_txn_id: "P-1", isKeyLost: true });
  expect(withProductLost(stored)).toEqual({ ...decision, product: undefined, isKeyLost: true });
  const unsent = JSON.parse(JSON.stringify(withoutProduct(neverSent)));
  expect(withProductLost(unsent)).toEqual({ ...neverSent, isKeyLost: false });
});

test("only a sale and no sale contradict each other", () => {
  const outcomes = ["succeeded", "rejected", "cancelled"] as const;
  const contrary = outcomes.flatMap((a) => outcomes.filter((b) => isContradiction({ outcome: a }, { outcome: b })));
  expect(contrary).toEqual(["rejected", "cancelled", "succeeded", "succeeded"]);
});
