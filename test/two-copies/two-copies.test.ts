import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Copy, loadCopy } from "./copies.ts";

/** The product key that no output may show. */
const canary = "CANARY-7F3A-90BD";
const card = { id: 1234567890n, name: "Card", price: 50000, partner_price: 45000 };
const request = { product_id: card.id, price: card.price, txn_id: "A-1" };

const copies: Copy[] = [];
const folder = mkdtempSync(join(tmpdir(), "two-copies-"));

beforeAll(async () => {
  copies.push(await loadCopy("one"), await loadCopy("two"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Both orders of two different copies. */
const pairs = () => [copies, [...copies].reverse()] as [Copy, Copy][];

/** Every way in which a program shows a value. */
const shown = (value: unknown): string =>
  [String(value), inspect(value, { depth: 12, showHidden: true }), JSON.stringify(value, jsonable)].join("\n");

const jsonable = (_: string, value: unknown) => {
  if (typeof value === "bigint") return String(value);
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value;
};

/** A client of one copy that buys from a provider of another copy. */
function clientOf({ client }: Copy, { server }: Copy) {
  const handler = server.createHandler(
    {
      check: () => ({ status: "OK", product: card }),
      pay: () => ({ status: "OK", partner_txn_id: "W1", product: { ...card, productKey: canary } }),
      status: () => ({ status: "OK", partner_txn_id: "W1" }),
    },
    { auth: "none" },
  );
  const serve = server.toFetchHandler(handler);
  const fetch = (url: string, init: RequestInit) => serve(new Request(url, init));
  return client.createClient({ baseUrl: "http://127.0.0.1", auth: "none", fetch });
}

test("the copies are two", () => {
  const [one, two] = copies as [Copy, Copy];
  for (const name of Object.keys(one) as (keyof Copy)[]) expect(one[name], name).not.toBe(two[name]);
  expect(one.server.ProblemError).not.toBe(two.server.ProblemError);
});

describe("a secret of one copy", () => {
  test("is revealed, hidden and written by the other", () => {
    for (const [one, two] of pairs()) {
      const secret = one.codec.conceal(canary);
      expect(two.codec.reveal(secret)).toBe(canary);
      expect(shown({ secret })).not.toContain(canary);
      const answer = { status: "OK", partner_txn_id: "W1", product: { ...card, productKey: secret } } as const;
      const encoded = two.contract.PayResponseCodec.encode(answer);
      expect(encoded).toMatchObject({ ok: true, text: expect.stringContaining(`"productKey":"${canary}"`) });
    }
  });

  test("that was bought through a client shows itself to nobody", async () => {
    for (const [one, two] of pairs()) {
      const result = await clientOf(one, two).pay(request);
      expect(shown(result)).not.toContain(canary);
      if (result.outcome !== "succeeded") throw new Error(`pay is ${result.outcome}`);
      expect(two.codec.reveal(result.body.product?.productKey)).toBe(canary);
    }
  });
});

describe("a queue of one copy over a client of the other", () => {
  test("shows no product key in its events, and delivers it once the books are in order", async () => {
    for (const [one, two] of pairs()) {
      const outputs: unknown[] = [];
      const delivered: unknown[] = [];
      let isBroken = true;
      const queue = await one["retry-queue"].openRetryQueue({
        client: clientOf(two, one),
        database: mkdtempSync(join(folder, "queue-")),
        policy: { periodSeconds: 1, pollSeconds: 0.05 },
        onSettled: (settlement) => {
          outputs.push(settlement);
          const key = two.codec.reveal(settlement.product?.productKey);
          if (isBroken)
            throw new Error(`duplicate key ${key}`, { cause: { detail: `Key (product_key)=(${key}) already exists` } });
          delivered.push(key);
        },
      });
      onTestFinished(() => queue.stop());
      const events = [
        "settled",
        "key-missing",
        "unresolved",
        "conflict",
        "alarm",
        "settlement-failed",
        "paused",
        "resumed",
        "database-failed",
        "unread-dropped",
      ] as const;
      for (const event of events) queue.on(event, (...args: unknown[]) => outputs.push([event, ...args]));
      outputs.push(await queue.pay(request));
      expect(outputs.flat()).toContain("settlement-failed");
      isBroken = false;
      await queue.start();
      await expect.poll(() => delivered, { timeout: 20_000 }).toEqual([canary]);
      const operation = await queue.get(request.txn_id);
      outputs.push(
        operation,
        await queue.list(["succeeded"]),
        operation && (await queue.trail(operation)),
        await queue.counts(),
      );
      await queue.stop();
      expect(outputs.map(shown).join("\n")).not.toContain(canary);
    }
  }, 60_000);

  test("throws an error that the other copy recognises", async () => {
    for (const [one, two] of pairs()) {
      const error = await one["retry-queue"].openRetryQueue({} as never).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(one["retry-queue"].QueueError);
      expect(error).toBeInstanceOf(two["retry-queue"].QueueError);
      expect(new Error("another")).not.toBeInstanceOf(two["retry-queue"].QueueError);
    }
  });
});

describe("a handler of one copy", () => {
  test("answers a ProblemError of the other with its HTTP code, and tells no operator", async () => {
    for (const [one, two] of pairs()) {
      const told: unknown[] = [];
      const refuse = () => {
        throw new two.server.ProblemError(503, { detail: "undecided", retryAfterSeconds: 7 });
      };
      const handler = one.server.createHandler(
        { check: refuse, pay: refuse, status: refuse },
        { auth: "none", onError: (error: unknown) => void told.push(error) },
      );
      const answer = await one.server.toFetchHandler(handler)(
        new Request("http://127.0.0.1/status", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '{"txn_id":"A-1"}',
        }),
      );
      expect([answer.status, answer.headers.get("retry-after"), told]).toEqual([503, "7", []]);
    }
  });

  test("sells what a shop of the other copy conceals, through a sandbox too", async () => {
    for (const [one, two] of pairs()) {
      const sandbox = await one.sandbox.startSandbox({ port: 0, adminPort: 0 });
      onTestFinished(() => sandbox.close());
      const hub = two.client.createClient({ baseUrl: sandbox.url, auth: two.client.bearer("sandbox") });
      const result = await hub.pay(request);
      expect(result).toMatchObject({ outcome: "succeeded" });
      const key = result.outcome === "succeeded" ? one.codec.reveal(result.body.product?.productKey) : undefined;
      expect(key).toMatch(/\w{4}/);
      expect(shown(result)).not.toContain(key);
    }
  });
});
