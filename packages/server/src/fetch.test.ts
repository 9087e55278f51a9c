import { describe, expect, test, vi } from "vitest";
import { handlerOf, order, throwing } from "./handler.fixture.ts";
import { apiKey, basic, bearer, type HandlerOptions, type Provider, toFetchHandler } from "./index.ts";

const ask = (body: BodyInit, headers: HeadersInit = {}) =>
  new Request("http://x/pay", {
    method: "POST",
    body,
    headers: [["content-type", "application/json"], ...new Headers(headers)],
    duplex: "half",
  } as RequestInit);

/** A body that sends this and never ends. */
const endless = (text: string, cancel = vi.fn()) =>
  new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)), cancel });

describe("a body under the Fetch Standard", () => {
  test("that does not arrive in time is answered with 408", async () => {
    const cancel = vi.fn();
    const sell = vi.fn<Provider["pay"]>();
    const serve = toFetchHandler(handlerOf({ pay: sell }), { bodyTimeoutMs: 10 });
    const response = await serve(ask(endless(order, cancel)));
    expect([response.status, response.headers.get("connection")]).toEqual([408, "close"]);
    expect(await response.json()).toMatchObject({ status: 408 });
    expect(cancel).toHaveBeenCalledOnce();
    expect(sell).not.toHaveBeenCalled();
  });

  test("is not read before the credentials are checked", async () => {
    const auth = bearer({ t: "shop-1" });
    const request = ask(endless(order));
    const response = await toFetchHandler(handlerOf({}, { auth }))(request);
    expect([response.status, request.bodyUsed]).toEqual([401, false]);
  });

  test("that was read before is a 500, and onError says why", async () => {
    const onError = vi.fn();
    const request = ask(order);
    await request.text();
    expect((await toFetchHandler(handlerOf({}, { onError }))(request)).status).toBe(500);
    expect(onError.mock.calls[0]?.[0].message).toMatch(/^Cannot answer pay: its body was read before/);
  });

  test("that breaks off ends the call, so that drain() does not wait for it", async () => {
    const handler = handlerOf();
    const broken = new ReadableStream({ pull: throwing(new Error("gone")) });
    expect((await toFetchHandler(handler)(ask(broken))).status).toBe(400);
    await handler.drain();
    expect((await toFetchHandler(handler)(ask(order))).status).toBe(503);
  });

  test("a bodyTimeoutMs of 0 is a TypeError", () => {
    expect(() => toFetchHandler(handlerOf(), { bodyTimeoutMs: 0 })).toThrow(/option bodyTimeoutMs must be an integer/);
  });
});

/** `Headers` joins what comes twice with a comma. */
test.each<[string, HandlerOptions["auth"], [string, string][], number]>([
  ["Authorization", bearer({ t: "shop-1" }), ["Bearer t", "Bearer t"].map((each) => ["authorization", each]), 401],
  ["Authorization", bearer({ "t,": "a", t: "b" }), ["Bearer t", "x"].map((each) => ["authorization", each]), 401],
  ["Authorization", basic({ "a:b": "s" }), ["Basic YTpi", "Basic YTpi"].map((each) => ["authorization", each]), 401],
  ["X-API-Key", apiKey({ t: "shop-1" }), ["t", "t"].map((each) => ["x-api-key", each]), 401],
  ["Content-Type", "none", [["content-type", "application/json"]], 415],
])("two headers %s are refused under the Fetch Standard", async (_, auth, headers, status) => {
  const request = ask(order);
  for (const [name, value] of headers) request.headers.append(name, value);
  expect((await toFetchHandler(handlerOf({}, { auth }))(request)).status).toBe(status);
});

describe("a method that takes longer than timeoutMs", () => {
  const slow = () => {
    const { promise, resolve } = Promise.withResolvers<{ status: "WRONG_PRICE" }>();
    const serve = toFetchHandler(handlerOf({ pay: () => promise }, { timeoutMs: 1 }));
    return { serve, finish: () => resolve({ status: "WRONG_PRICE" }) };
  };

  test.each([
    ["second", (context: object) => [context]],
    ["third, behind the bindings of a worker", (context: object) => [{ STORE: {} }, context]],
  ])("is handed to waitUntil of the %s argument, which resolves when it has ended", async (_, argumentsOf) => {
    const { serve, finish } = slow();
    const waitUntil = vi.fn<(work: Promise<unknown>) => void>();
    expect((await serve(ask(order), ...argumentsOf({ waitUntil }))).status).toBe(503);
    expect(waitUntil).toHaveBeenCalledOnce();
    finish();
    await waitUntil.mock.calls[0]?.[0];
  });

  test("is not missed by servers that pass something else, or nothing", async () => {
    for (const others of [[], [{ remoteAddr: {} }], [undefined]]) {
      const { serve, finish } = slow();
      expect((await serve(ask(order), ...others)).status).toBe(503);
      finish();
    }
  });

  test("is handed over even if it fails, and fails nobody", async () => {
    const failing = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error("late");
    };
    const work: Promise<unknown>[] = [];
    const context = { waitUntil: (each: Promise<unknown>) => void work.push(each) };
    const serve = toFetchHandler(handlerOf({ pay: failing }, { timeoutMs: 1 }));
    expect((await serve(ask(order), context)).status).toBe(503);
    expect(await Promise.all(work)).toEqual([undefined]);
  });
});
