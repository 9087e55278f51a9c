import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { bearer, type ClientOptions, createClient, type Hooks } from "./index.ts";

const order = { product_id: 1n, price: 50000, txn_id: "A-17" };
const sold = '{"status":"OK","partner_txn_id":"W5","product":{"id":1,"name":"Card","productKey":"FJQR"}}';

const clientOf = (hooks: Hooks | Hooks[], options: Partial<ClientOptions> = {}) =>
  createClient({
    baseUrl: "https://hub.example",
    auth: "none",
    fetch: async () => new Response(sold),
    newAttemptId: () => "a1",
    hooks,
    ...options,
  });

test("hooks run in the order of a call", async () => {
  const seen: unknown[] = [];
  const client = clientOf({
    onRequest: ({ headers, ...event }) => seen.push(["request", event, headers.get("content-type")]),
    onResponse: (event) => seen.push(["response", event]),
    onOutcome: ({ result, ...event }) => seen.push(["outcome", event, result.outcome, result.httpStatus]),
  });
  const result = await client.pay(order);
  const call = { operation: "pay", attemptId: "a1" };
  expect(seen).toEqual([
    [
      "request",
      { ...call, method: "POST", url: "https://hub.example/pay", path: "/pay", request: order },
      "application/json",
    ],
    ["response", { ...call, httpStatus: 200 }],
    ["outcome", call, "succeeded", 200],
  ]);
  expect(result).toMatchObject({ outcome: "succeeded", attemptId: "a1" });
});

test("only onOutcome runs for a call that is not sent", async () => {
  const hooks = { onRequest: vi.fn(), onResponse: vi.fn(), onOutcome: vi.fn() };
  await clientOf(hooks).pay({ ...order, price: -1 });
  expect(hooks.onRequest).not.toHaveBeenCalled();
  expect(hooks.onOutcome).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ result: expect.objectContaining({ outcome: "not-sent", reason: "invalid-request" }) }),
  );
});

test("hooks see no credential and no product key", async () => {
  const seen: unknown[] = [];
  const record = (event: object) =>
    void seen.push(
      event,
      JSON.stringify(event, (_, value) => (typeof value === "bigint" ? "" : value)),
    );
  await clientOf({ onRequest: record, onResponse: record, onOutcome: record }, { auth: bearer("SECRET") }).pay(order);
  expect(seen).toHaveLength(6);
  expect(inspect(seen, { depth: 9 })).not.toMatch(/FJQR|SECRET/);
});

test("a call inherits no credentials, hook headers or fetch changes from the call before", async () => {
  const [sent, shown]: [unknown[], unknown[]] = [[], []];
  let calls = 0;
  const client = clientOf(
    {
      onRequest({ headers }) {
        shown.push([...headers.keys()]);
        if (calls === 0) headers.set("traceparent", "t");
      },
    },
    {
      auth: () => ({ [`x-key-${calls++}`]: "k" }),
      async fetch(url, init) {
        sent.push([url, init.method, init.redirect, Object.fromEntries(init.headers as Headers)]);
        (init.headers as Headers).set("x-fetch", "f");
        init.method = "GET";
        init.redirect = "follow";
        return new Response(sold);
      },
    },
  );
  await client.pay(order);
  await client.pay(order);
  const headers = {
    accept: "application/json, application/problem+json",
    "content-type": "application/json",
    "content-length": "46",
  };
  expect(sent).toEqual([
    ["https://hub.example/pay", "POST", "manual", { ...headers, traceparent: "t", "x-key-0": "k" }],
    ["https://hub.example/pay", "POST", "manual", { ...headers, "x-key-1": "k" }],
  ]);
  expect(shown).toEqual([
    ["accept", "content-type"],
    ["accept", "content-type"],
  ]);
});

test("a hook that changes its result does not change the caller's", async () => {
  const hooks: Hooks = {
    onOutcome({ result }) {
      const writable = result as { outcome: string; body?: { product?: { productKey?: unknown } } };
      writable.outcome = "rejected";
      delete writable.body?.product?.productKey;
      delete writable.body;
    },
  };
  const result = await clientOf(hooks).pay(order);
  expect(result.outcome === "succeeded" && result.body.product?.productKey?.reveal()).toBe("FJQR");
});

test("a hook may set headers, and credentials replace them", async () => {
  let sent = new Headers();
  const hooks: Hooks = {
    onRequest({ headers }) {
      headers.set("traceparent", "00-1-2-01");
      headers.set("authorization", "Bearer wrong");
    },
  };
  const fetch: ClientOptions["fetch"] = async (_, init) => ((sent = new Headers(init.headers)), new Response(sold));
  await clientOf(hooks, { auth: bearer("right"), fetch }).pay(order);
  expect([sent.get("traceparent"), sent.get("authorization")]).toEqual(["00-1-2-01", "Bearer right"]);
});

test("a hook that throws or rejects changes neither the result nor the other hooks", async () => {
  const fail = () => {
    throw new Error("hook");
  };
  const reject = () => Promise.reject(new Error("hook"));
  const thenable = () => ({ then: (_: unknown, fail: (error: Error) => void) => fail(new Error("hook")) });
  const onOutcome = vi.fn();
  const hooks = [
    { onRequest: fail, onResponse: fail, onOutcome: fail },
    { onRequest: reject, onResponse: reject, onOutcome: thenable },
    { onOutcome },
  ];
  expect(await clientOf(hooks).pay(order)).toMatchObject({ outcome: "succeeded" });
  expect(onOutcome).toHaveBeenCalledOnce();
});
