import type { PayResult } from "@codegames/client";
import { afterEach, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { openParts, type Parts, type PartsOptions } from "../testing/open-parts.ts";
import { notSent, paid, unknown } from "../testing/results.ts";

let parts: Parts;
/** What happens while a pay is under way. */
let onSend = () => {};
afterEach(async () => {
  onSend = () => {};
  parts.payments.stop();
  await parts.context.background.finished();
  await parts.storage.close();
});

const order = { product_id: 1n, price: 100, txn_id: "A-1" };

/** Payments whose hub answers with `answers`; the last repeats. */
async function open(answers: PayResult[], options?: PartsOptions) {
  const sent: { txnId: string; state: string | undefined; signal: AbortSignal | undefined }[] = [];
  parts = await openParts({
    ...options,
    client: {
      async pay({ txn_id: txnId }, { signal } = {}) {
        const operation = await parts.reader.find(txnId);
        sent.push({ txnId, state: operation?.state, signal });
        onSend();
        return answers[Math.min(sent.length, answers.length) - 1] as PayResult;
      },
    },
  });
  const pay = (more = {}) => parts.payments.pay({ ...order, ...more }, {});
  return { pay, sent };
}

test("the intent is on disk when the request leaves, and the answer settles it", async () => {
  const { pay, sent } = await open([paid]);
  expect(await pay()).toMatchObject({ state: "succeeded", result: paid, settlement: { product: { id: 1n } } });
  expect(sent).toMatchObject([{ txnId: "A-1", state: "pending" }]);
});

test("an unclear answer is noted: asked about one period later, or when the hub wants to be asked", async () => {
  const { pay } = await open([unknown("http-status", { httpStatus: 503, retryAfterMs: 500_000 }), unknown()]);
  const answer = { outcome: "unknown", reason: "http-status", httpStatus: 503 };
  expect(await pay()).toMatchObject({ state: "pending", payAnswer: answer });
  await pay({ txn_id: "A-2" });
  const waits = await parts.sql(`SELECT round(extract(epoch FROM start_after - now()))::int AS wait
    FROM codegames.job WHERE name = 'hub-status' ORDER BY data->>'txn_id'`);
  expect(waits).toEqual([{ wait: 500 }, { wait: 120 }]);
});

test("a pay that did not leave is sent again by one of two callers at once", async () => {
  const { pay, sent } = await open([notSent, paid]);
  expect(await pay()).toMatchObject({ state: "not-sent" });
  const results = await Promise.all([pay(), pay()]);
  expect(sent).toHaveLength(2);
  expect(results.filter(({ result }) => result === paid)).toHaveLength(1);
});

test("an operation that somebody else pays is never sent", async () => {
  const { pay, sent } = await open([paid]);
  await parts.payments.watch("A-1", {}, undefined);
  expect(await pay()).toMatchObject({ state: "pending", result: undefined });
  expect(sent).toEqual([]);
});

test("neither pay() nor watch() takes a txn_id that the database cannot hold", async () => {
  await open([paid]);
  const message = "txn_id must be Unicode text without NUL";
  const wrong = [parts.payments.pay({ ...order, txn_id: "a\0b" }, {}), parts.payments.watch("a\0b", {}, undefined)];
  for (const call of wrong) await expect(call).rejects.toThrow(message);
  await expect(parts.payments.watch("", {}, undefined)).rejects.toMatchObject({ code: "invalid-request" });
});

test("the pay is aborted when its time is over, and its timer ends with it", async () => {
  const timers = new Map<object, { work: () => void; ms: number }>();
  const clock: Partial<Clock> = {
    now: () => 5000,
    setTimeout(work, ms) {
      const timer = {};
      timers.set(timer, { work, ms });
      return timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as object),
  };
  const { pay, sent } = await open([unknown()], { policy: { payTimeoutSeconds: 7 }, clock });
  const aborted: boolean[] = [];
  onSend = () => {
    for (const { work, ms } of timers.values()) {
      expect(ms).toBe(7000);
      work();
    }
    aborted.push(sent[0]?.signal?.aborted === true);
  };
  await pay();
  expect([aborted, timers.size]).toEqual([[true], 0]);
});

test("a settlement that fails is tried again in the background, and once more at the stop", async () => {
  const keys: unknown[] = [];
  const { pay } = await open([paid], {
    onSettled: ({ product }) => {
      keys.push(product?.productKey?.reveal());
      if (keys.length < 2) throw new Error("not now");
    },
  });
  expect(await pay()).toMatchObject({ state: "pending", settlement: undefined, result: paid });
  parts.payments.stop();
  await parts.context.background.finished();
  expect(keys).toEqual(["KEY-17", "KEY-17"]);
  expect(await parts.reader.find("A-1")).toMatchObject({ state: "succeeded" });
});

test("when the database is lost after the request left, the answer is returned with what is known", async () => {
  const { pay } = await open([unknown()]);
  onSend = () => {
    parts.storage.db.executeSql = () => Promise.reject(new Error("connection lost"));
  };
  const { createdAt: _, ...outcome } = await pay();
  expect(outcome).toMatchObject({ txn_id: "A-1", state: "pending", request: undefined, result: unknown() });
  expect(parts.events).toEqual([["database-failed", new Error("connection lost")]]);
});
