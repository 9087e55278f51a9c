import type { Operation } from "@codegames/codec";
import { operations, problemTypes } from "@codegames/contract";
import { describe, expect, test, vi } from "vitest";
import { createHandlerOf } from "./generated-support.ts";
import { handlerOf, order, post, problemOf, provider, throwing } from "./handler.fixture.ts";
import { type Authenticate, bearer, type HandlerResponse, ProblemError, type Provider } from "./index.ts";

test("a handler writes the provider's answer exactly, as JSON that no cache stores", async () => {
  expect(await handlerOf()(post())).toEqual({
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store", "request-id": uuid },
    body: '{"partner_txn_id":"W5","status":"OK","product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}}',
  });
});

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;

test("a provider is told which numbers are not what their literals say", async () => {
  const pay = vi.fn(provider.pay);
  await handlerOf({ pay })(post('{"product_id":9007199254740993,"price":49999.99999999999999,"txn_id":"A-17"}'));
  expect(pay).toHaveBeenCalledWith(
    { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" },
    expect.objectContaining({ inexact: ["/price"] }),
  );
});

test("atOnce() returns a promise only when auth or the provider returns one", async () => {
  expect(handlerOf().atOnce?.(post())).toMatchObject({ status: 200 });
  expect(handlerOf().atOnce?.(post("{"))).toMatchObject({ status: 400 });
  const asyncAuth = handlerOf({}, { auth: async () => "shop-1" });
  const asyncProvider = handlerOf({ pay: async () => provider.pay({} as never, {} as never) });
  for (const { atOnce } of [asyncAuth, asyncProvider]) expect(atOnce?.(post())).toBeInstanceOf(Promise);
  expect(handlerOf()(post())).toBeInstanceOf(Promise);
});

test("a provider gets the decoded request and the merchant", async () => {
  const pay = vi.fn(provider.pay);
  await handlerOf({ pay }, { auth: () => "shop-1" })(post());
  expect(pay).toHaveBeenCalledWith(
    { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" },
    { merchant: "shop-1", requestId: uuid, inexact: [] },
  );
  await handlerOf({ pay })(post());
  expect(pay).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ merchant: "anonymous" }));
});

test("a provider may answer with a safe integer where the contract has an int64", async () => {
  const pay = () => ({ status: "OK" as const, partner_txn_id: "W5", product: { id: 7, name: "Card" } });
  expect((await handlerOf({ pay })(post())).body).toContain('"id":7');
});

describe("a request is refused", () => {
  test("with 404 on another path; a query is no part of the path", async () => {
    const response = await handlerOf()(post(order, { path: "/pay/1" }));
    expect(response).toMatchObject({
      status: 404,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    });
    expect(problemOf(response)).toEqual({
      type: `${problemTypes}#not-found`,
      title: "Not Found",
      status: 404,
      detail: "There is no such path.",
      instance: `urn:uuid:${response.headers["request-id"]}`,
    });
    expect(await handlerOf()(post(order, { path: "/pay?a=/check" }))).toMatchObject({ status: 200 });
  });

  test("with 405 and Allow under another method", async () => {
    const response = await handlerOf()(post(order, { method: "GET" }));
    expect(response).toMatchObject({ status: 405, headers: { allow: "POST", "cache-control": "no-store" } });
    expect(problemOf(response).detail).toBe("This path takes POST only.");
  });

  test("with 401 and the challenge without credentials, before its headers and body are read", async () => {
    const response = await handlerOf({}, { auth: bearer({ t1: "shop-1" }) })(post("{", { headers: {} }));
    expect(response).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="api"' } });
  });

  test.each([undefined, "", null, true])("with 401 when auth returns %j as the merchant", async (merchant) => {
    const response = await handlerOf({}, { auth: () => merchant as string })(post());
    expect(response).toMatchObject({ status: 401, headers: { "www-authenticate": 'Custom realm="api"' } });
  });
});

describe("onRefused is told the reason of a 401, and the caller is not", () => {
  test("by auth, once", async () => {
    const onRefused = vi.fn();
    const auth: Authenticate = async (_request, refuse) => {
      refuse?.({ reason: "no-credentials", detail: "first" });
      refuse?.({ reason: "unknown-key", detail: "last" });
      return undefined;
    };
    const response = await handlerOf({}, { auth, onRefused })(post());
    expect(onRefused).toHaveBeenCalledExactlyOnceWith(
      { reason: "unknown-key", detail: "last" },
      { operationId: "pay", requestId: response.headers["request-id"] },
    );
    const silent = await handlerOf({}, { auth })(post());
    const withoutId = (answer: HandlerResponse) =>
      JSON.stringify(answer).replaceAll(answer.headers["request-id"] ?? "", "");
    expect(withoutId(response)).toEqual(withoutId(silent));
    expect(problemOf(response)).toMatchObject({ status: 401, detail: "The credentials are missing or wrong." });
  });

  test("also when auth gives none", async () => {
    const onRefused = vi.fn();
    await handlerOf({}, { auth: () => undefined, onRefused })(post());
    expect(onRefused.mock.calls).toMatchObject([[{ reason: "no-merchant" }, { operationId: "pay" }]]);
  });

  test("and only of a 401", async () => {
    const onRefused = vi.fn();
    const found: Authenticate = (_request, refuse) => (refuse?.({ reason: "unknown-key", detail: "" }), "shop-1");
    expect(await handlerOf({}, { auth: found, onRefused })(post())).toMatchObject({ status: 200 });
    const forbidden = throwing(new ProblemError(403));
    expect(await handlerOf({}, { auth: forbidden, onRefused })(post())).toMatchObject({ status: 403 });
    expect(onRefused).not.toHaveBeenCalled();
  });

  test("and its errors are dropped", async () => {
    for (const onRefused of [throwing(new Error("x")), () => Promise.reject(new Error("x"))]) {
      expect(await handlerOf({}, { auth: () => undefined, onRefused })(post())).toMatchObject({ status: 401 });
    }
  });
});

describe("a provider that fails becomes HTTP 500 and a call of onError", () => {
  test.each([
    ["throws", throwing(new RangeError("no key but SECRET")), "no key but […]"],
    ["rejects", () => Promise.reject(new RangeError("no key but SECRET")), "no key but […]"],
    ["answers nothing", () => undefined, "Cannot answer pay: the answer must be an object, is missing"],
    ["answers a status that is not declared", () => ({ status: "SECRET" }), "Cannot answer pay: /status must be "],
    [
      "answers an int64 that is not exact",
      () => ({ status: "OK", partner_txn_id: "W5", product: { id: 2 ** 53, name: "SECRET" } }),
      "Cannot answer pay: /product/id must be a bigint or a safe integer",
    ],
  ])("when it %s", async (_, pay, message) => {
    const onError = vi.fn();
    const response = await handlerOf({ pay: pay as Provider["pay"] }, { onError })(post());
    expect(response).toMatchObject({ status: 500, headers: { "cache-control": "no-store" } });
    expect(problemOf(response).detail).toBe("The request could not be served.");
    expect(response.body).not.toContain("SECRET");
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(Error), {
      operationId: "pay",
      requestId: response.headers["request-id"],
    });
    expect(onError.mock.calls[0]?.[0].message).toContain(message);
  });

  test("when auth throws; an error of onError is dropped", async () => {
    const auth = throwing(new Error("database"));
    for (const onError of [throwing(new Error("x")), () => Promise.reject(new Error("x")), undefined]) {
      expect(await handlerOf({}, { auth, ...(onError && { onError }) })(post())).toMatchObject({ status: 500 });
    }
  });
});

describe("a provider refuses a call", () => {
  test("with problem details and Retry-After, and onError is not called (B4)", async () => {
    const onError = vi.fn();
    const refuse = (error: ProblemError) => handlerOf({ pay: throwing(error) }, { onError })(post());
    const response = await refuse(new ProblemError(503));
    expect(response).toMatchObject({
      status: 503,
      headers: { "retry-after": "5", "content-type": "application/problem+json" },
    });
    expect(problemOf(response)).toMatchObject({
      status: 503,
      detail: "The request is not decided yet; ask again later.",
    });
    expect(await refuse(new ProblemError(429, { retryAfterSeconds: 60 }))).toMatchObject({
      status: 429,
      headers: { "retry-after": "60" },
    });
    const forbidden = await refuse(new ProblemError(403, { detail: "No cards for this shop." }));
    expect(forbidden.headers).not.toHaveProperty("retry-after");
    expect(problemOf(forbidden)).toMatchObject({ status: 403, detail: "No cards for this shop." });
    expect(onError).not.toHaveBeenCalled();
  });

  test("with 503 when auth takes too long, and the provider is not called", async () => {
    const onError = vi.fn();
    const pay = vi.fn();
    const response = await handlerOf({ pay }, { onError, timeoutMs: 5, auth: () => new Promise(() => {}) })(post());
    expect(response).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(onError.mock.calls[0]?.[0].message).toBe("Cannot answer pay: auth took longer than 5 ms");
    expect(pay).not.toHaveBeenCalled();
  });

  test("with 503 when its method takes too long, and its later answer is dropped", async () => {
    const onError = vi.fn();
    const { promise, reject } = Promise.withResolvers<never>();
    const pay = () => promise;
    const response = await handlerOf({ pay }, { onError, timeoutMs: 5 })(post());
    expect(response).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(onError.mock.calls[0]?.[0].message).toBe("Cannot answer pay: the provider took longer than 5 ms");
    reject(new Error("too late"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(onError).toHaveBeenCalledOnce();
  });
});

test("a handler serves the paths below its basePath only", async () => {
  const handler = handlerOf({}, { basePath: "/api/v1" });
  expect(await handler(post(order, { path: "/api/v1/pay?x=1" }))).toMatchObject({ status: 200 });
  for (const path of ["/pay", "/api/v1", "/api/v1/", "/api/v1pay", "/api/v1/api/v1/pay"]) {
    expect(await handler(post(order, { path }))).toMatchObject({ status: 404 });
  }
});

describe("an operation of another contract", () => {
  const route = (operation: Partial<Operation>) => ({
    operation: { ...operations.pay, ...operation },
    answer: () => ({ status: "WRONG_PRICE" }),
  });

  test("without a request body needs no media type", async () => {
    const handler = createHandlerOf({ pay() {} }, [route({ method: "GET", request: undefined })], { auth: "none" });
    expect(await handler(post("", { method: "GET", headers: {} }))).toMatchObject({ status: 200 });
  });

  test("on the path of another one: Allow lists both methods", async () => {
    const handler = createHandlerOf({ pay() {} }, [route({}), route({ method: "PUT" })], { auth: "none" });
    expect(await handler(post("", { method: "GET" }))).toMatchObject({ status: 405, headers: { allow: "POST, PUT" } });
  });

  test("without a page of errors has about:blank for the type of every problem", async () => {
    const handler = createHandlerOf({ pay() {} }, [route({})], { auth: "none" });
    expect(problemOf(await handler(post("{")))).toMatchObject({ type: "about:blank", title: "Bad Request" });
  });

  test("with a page of errors names it in the type", async () => {
    const page = { problemTypes: "https://docs.example/errors" };
    const handler = createHandlerOf({ pay() {} }, [route({})], { auth: "none" }, page);
    expect(problemOf(await handler(post("{"))).type).toBe("https://docs.example/errors#bad-request");
  });

  test("with an empty problem writes no body, with one of another shape plain problem details", async () => {
    const encode = () => ({ ok: false, issue: { pointer: "", reason: "" } }) as const;
    const other = { decode: expect.unreachable, encode, schema: expect.unreachable };
    const handler = createHandlerOf({ pay() {} }, [route({ problems: { 400: undefined, 415: other } })], {
      auth: "none",
    });
    expect(await handler(post("{"))).toMatchObject({ status: 400, body: "" });
    expect(problemOf(await handler(post("", { headers: {} })))).toMatchObject({ status: 415 });
  });
});
