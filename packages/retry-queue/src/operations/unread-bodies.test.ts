import type { PayResult } from "@codegames/client";
import { conceal, reveal } from "@codegames/codec";
import { expect, test } from "vitest";
import type { UnreadOf } from "./events.ts";
import type { Settlement } from "./settlement.ts";
import { UnreadBodies } from "./unread-bodies.ts";

const bodyOf = (text: string) => ({
  body: conceal(new TextEncoder().encode(text)),
  mediaType: "application/json",
  isCut: false,
  lacksSecret: false,
});
const common = { attemptId: "1", elapsedMs: 1, deviations: [], httpStatus: 200 };
const unknown = (text: string, reason = "malformed") =>
  ({ ...common, outcome: "unknown", reason, detail: "", unread: bodyOf(text) }) as unknown as PayResult;
const sold = (text: string, productKey?: string) =>
  ({
    ...common,
    outcome: "succeeded",
    status: "OK",
    body: { status: "OK", partner_txn_id: "W1", product: productKey && { productKey: conceal(productKey) } },
    unread: { ...bodyOf(text), lacksSecret: !productKey },
  }) as unknown as PayResult;
const settlement = (txnId: string, outcome: Settlement["outcome"], isKeyMissing = false) =>
  ({ txn_id: txnId, outcome, isKeyMissing }) as Settlement;

function open(limit?: number) {
  const events: unknown[] = [];
  const bodies = new UnreadBodies((event, ...args) => void events.push([event, ...args]), limit);
  const text = (txnId: string, of: UnreadOf = "order") => {
    const kept = bodies.get(txnId, of);
    return kept && new TextDecoder().decode(reveal(kept.body));
  };
  return { bodies, events, text };
}

test("the body of an unclear answer is kept until the order ends unsold, or with a key", () => {
  const { bodies, text } = open();
  for (const txnId of ["A", "B", "C"]) bodies.keep(txnId, unknown(`<${txnId}>`));
  bodies.settled(settlement("A", "cancelled"));
  bodies.settled(settlement("B", "succeeded"));
  bodies.settled(settlement("C", "succeeded", true));
  expect([text("A"), text("B"), text("C")]).toEqual([undefined, undefined, "<C>"]);
  bodies.erase("C");
  expect(text("C")).toBeUndefined();
});

test("the first body of an order stays, and that of a mismatch is never taken for its own", () => {
  const { bodies, text } = open();
  bodies.keep("A", unknown("other", "mismatch"));
  expect([text("A"), text("A", "mismatch")]).toEqual([undefined, "other"]);
  bodies.keep("A", unknown("first"));
  bodies.keep("A", unknown("second"));
  bodies.settled(settlement("A", "rejected"));
  expect([text("A"), text("A", "mismatch")]).toEqual([undefined, "other"]);
});

test("a key that came as a number is kept with its body, and an alarm tells a person", () => {
  const { bodies, events, text } = open();
  bodies.keep("A", sold("{12}", "12"));
  bodies.settled(settlement("A", "succeeded"));
  expect(text("A", "sale")).toBe("{12}");
  expect(events).toEqual([["alarm", { txn_id: "A", answer: expect.anything(), detail: expect.any(String) }]]);
  bodies.keep("B", sold("{}"));
  expect(events).toHaveLength(1);
});

test("the body of a sale is kept beside an earlier one that says nothing", () => {
  const { bodies, text } = open();
  bodies.keep("A", unknown("<html>502"));
  bodies.keep("A", sold('{"key":{}}'));
  bodies.settled(settlement("A", "succeeded", true));
  expect([text("A"), text("A", "sale")]).toEqual(["<html>502", '{"key":{}}']);
  bodies.erase("A");
  expect([text("A"), text("A", "sale")]).toEqual([undefined, undefined]);
});

test("all bodies together stay within the limit: the oldest go first, those of sales last", () => {
  const { bodies, events, text } = open(3 * 1024 + 20);
  bodies.keep("S", sold("{}"));
  for (const txnId of ["A", "B", "C"]) bodies.keep(txnId, unknown(`<${txnId}>.`));
  expect([text("S", "sale"), text("A"), text("B"), text("C")]).toEqual(["{}", undefined, "<B>.", "<C>."]);
  expect(events).toEqual([["unread-dropped", { txn_id: "A", of: "order" }]]);
  bodies.erase("B");
  bodies.keep("D", unknown("<D>..."));
  expect([text("C"), text("D")]).toEqual(["<C>.", "<D>..."]);
  for (const txnId of ["T", "U", "V"]) bodies.keep(txnId, sold("{}"));
  expect([text("C"), text("D"), text("S", "sale"), text("V", "sale")]).toEqual([undefined, undefined, undefined, "{}"]);
});
