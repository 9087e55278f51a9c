import type { PayResult } from "@codegames/client";
import { conceal, reveal } from "@codegames/codec";
import { expect, test } from "vitest";
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
  const text = (txnId: string, of: "order" | "mismatch" = "order") => {
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
  expect(text("A")).toBe("{12}");
  expect(events).toEqual([["alarm", { txn_id: "A", answer: expect.anything(), detail: expect.any(String) }]]);
  bodies.keep("B", sold("{}"));
  expect(events).toHaveLength(1);
});

test("all bodies together stay within the limit: the oldest are dropped, each with an event", () => {
  const { bodies, events, text } = open(10);
  for (const txnId of ["A", "B", "C"]) bodies.keep(txnId, unknown(`<${txnId}>.`));
  expect([text("A"), text("B"), text("C")]).toEqual([undefined, "<B>.", "<C>."]);
  expect(events).toEqual([["unread-dropped", { txn_id: "A" }]]);
  bodies.erase("B");
  bodies.keep("D", unknown("<D>..."));
  expect([text("C"), text("D")]).toEqual(["<C>.", "<D>..."]);
});
