import type { Client, PayResult, StatusResult } from "@codegames/client";
import { expect, test } from "vitest";
import { paid, sold } from "../testing/results.ts";
import { watchAnswers } from "./watch-answers.ts";

function open(client: Pick<Client, "pay" | "status">) {
  const seen: [string, PayResult | StatusResult][] = [];
  return { seen, watched: watchAnswers(client, (txnId, result) => void seen.push([txnId, result])) };
}

const order = { product_id: 1n, price: 100, txn_id: "A-1" };

test("every answer is shown, and passed on as it is", async () => {
  const { seen, watched } = open({ pay: async () => paid, status: async () => sold });
  expect(await watched.pay(order)).toBe(paid);
  expect(await watched.status({ txn_id: "A-2" })).toBe(sold);
  expect(seen).toEqual([
    ["A-1", paid],
    ["A-2", sold],
  ]);
});

test.each([
  ["rejects", () => Promise.reject(new TypeError("fetch failed with KEY-17")), "the client rejected (TypeError)"],
  [
    "throws",
    () => {
      throw "KEY-17";
    },
    "the client rejected (string)",
  ],
])("a client that %s may have sent the request: unknown, without the text of the error", async (_, call, detail) => {
  const { seen, watched } = open({ pay: call, status: call });
  const result = await watched.pay(order);
  expect(result).toMatchObject({ outcome: "unknown", reason: "connection", detail });
  expect(JSON.stringify(result)).not.toContain("KEY-17");
  expect(seen).toEqual([["A-1", result]]);
});
