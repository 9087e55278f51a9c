// Long, because every refusal and every fault of a provider is a short case over one set-up.
import type { Operation } from "@codegames/codec";
import { operations } from "@codegames/contract";
import { describe, expect, test, vi } from "vitest";
import { bearer, createHandler, type HandlerOptions, type HandlerRequest, ProblemError, type Provider } from "./index.ts";
import { createHandlerOf } from "./generated-support.ts";

const provider: Provider = {
  check: async () => ({ status: "PRODUCT_NOT_FOUND" }),
  pay: ({ product_id }) => ({
    status: "OK", partner_txn_id: "W5", product: { id: product_id, name: "Card", productKey: "KEY-1" },
  }),
  status: () => ({ status: "TXN_NOT_FOUND" }),
};

const order = '{"product_id":9007199254740993,"price":50000,"txn_id":"A-17"}';

const handlerOf = (methods: Partial<Provider> = {}, options: Partial<HandlerOptions> = {}) =>
  createHandler({ ...provider, ...methods }, { auth: "none", ...options });

const post = (body: string | Uint8Array = order, request: Partial<HandlerRequest> = {}): HandlerRequest => ({
  method: "POST", path: "/pay", headers: { "content-type": "application/json" },
  body: typeof body === "string" ? new TextEncoder().encode(body) : body, ...request,
});

const problemOf = ({ body }: { body: string | Uint8Array }) => JSON.parse(String(body));

test("an answer of the provider is written exactly, as JSON that nobody stores", async () => {
  expect(await handlerOf()(post())).toEqual({
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: '{"partner_txn_id":"W5","status":"OK","product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}}',
  });
});

test("an answer is there at once when neither the provider nor auth makes it wait", async () => {
  expect(handlerOf().atOnce?.(post())).toMatchObject({ status: 200 });
  expect(handlerOf().atOnce?.(post("{"))).toMatchObject({ status: 400 });
  const [waitingAuth, waitingProvider] = [handlerOf({}, { auth: async () => "shop-1" }), handlerOf({ pay: async () => provider.pay({} as never, {} as never) })];
  for (const { atOnce } of [waitingAuth, waitingProvider]) expect(atOnce?.(post())).toBeInstanceOf(Promise);
  expect(handlerOf()(post())).toBeInstanceOf(Promise);
});

test("a provider gets the decoded request and the merchant", async () => {
  const pay = vi.fn(provider.pay);
  await handlerOf({ pay }, { auth: () => "shop-1" })(post());
  expect(pay).toHaveBeenCalledWith(
    { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" }, { merchant: "shop-1" },
  );
  await handlerOf({ pay })(post());
  expect(pay).toHaveBeenLastCalledWith(expect.anything(), { merchant: "anonymous" });
});

test("a provider may answer with a safe integer where the contract has an int64", async () => {
  const pay = () => ({ status: "OK" as const, partner_txn_id: "W5", product: { id: 7, name: "Card" } });
  expect((await handlerOf({ pay })(post())).body).toContain('"id":7');
});

describe("a request is refused", () => {
  test("with 404 on another path, and the query is no part of the path", async () => {
    const response = await handlerOf()(post(order, { path: "/pay/1" }));
    expect(response).toMatchObject({
      status: 404, headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    });
    expect(problemOf(response)).toEqual({
      type: "about:blank", title: "Not Found", status: 404, detail: "There is no such path.",
    });
    expect(await handlerOf()(post(order, { path: "/pay?a=/check" }))).toMatchObject({ status: 200 });
  });

  test("with 405 and Allow under another method", async () => {
    const response = await handlerOf()(post(order, { method: "GET" }));
    expect(response).toMatchObject({ status: 405, headers: { allow: "POST", "cache-control": "no-store" } });
    expect(problemOf(response).detail).toBe("This path takes POST only.");
  });

  test("with 401 and the challenge without credentials, before anything else of it is read", async () => {
    const response = await handlerOf({}, { auth: bearer({ t1: "shop-1" }) })(post("{", { headers: {} }));
    expect(response).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="api"' } });
  });

  test.each([undefined, "", null, true])("with 401 when auth gives %j for a merchant", async (merchant) => {
    const response = await handlerOf({}, { auth: () => merchant as string })(post());
    expect(response).toMatchObject({ status: 401, headers: { "www-authenticate": 'Custom realm="api"' } });
  });

  test.each([
    {},
    { "content-type": "text/plain" },
    { "content-type": "application/problem+json" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": 'application/json; charset="utf-8' },
    { "content-type": "application/json", "content-encoding": "gzip" },
    { "content-type": ["application/json"] },
  ])("with 415 under the headers %j", async (headers) => {
    expect(await handlerOf()(post(order, { headers }))).toMatchObject({
      status: 415, headers: { accept: "application/json", "accept-encoding": "identity" },
    });
  });

  test.each([
    { "content-type": "Application/JSON; charset=UTF-8" },
    { "content-type": 'application/json ; charset="utf-8"; v=1' },
    { "content-type": "application/json", "content-encoding": "identity" },
  ])("but not under the headers %j", async (headers) => {
    expect(await handlerOf()(post(order, { headers }))).toMatchObject({ status: 200 });
  });

  test("with 413 above maxBodyBytes, or when the adapter stopped reading", async () => {
    const handler = handlerOf({}, { maxBodyBytes: order.length });
    expect(await handler(post())).toMatchObject({ status: 200 });
    const response = await handler(post(`${order} `));
    expect(response.status).toBe(413);
    expect(problemOf(response).detail).toBe(`The body is larger than ${order.length} bytes.`);
    expect(await handler(post(order, { body: "too-large" }))).toMatchObject({ status: 413 });
    expect(await handlerOf()(post(" ".repeat(65_537)))).toMatchObject({ status: 413 });
  });

  test.each([
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "", "must be UTF-8"],
    ["no JSON", "{", "", "must be well-formed JSON"],
    ["off contract", '{"product_id":1,"price":-5,"txn_id":"A"}', "/price", "must be greater than 0, is -5"],
    ["repeating itself", '{"txn_id":"A","txn_id":"B"}', "/txn_id", "must not be repeated in its object"],
  ])("with 400 and the place when the body is %s", async (_, body, pointer, detail) => {
    const pay = vi.fn(provider.pay);
    const response = await handlerOf({ pay })(post(body));
    expect(response.status).toBe(400);
    expect(problemOf(response).errors).toEqual([{ pointer, detail }]);
    expect(pay).not.toHaveBeenCalled();
  });
});

describe("a provider that fails is answered with 500 and told to onError", () => {
  test.each([
    ["throws", () => { throw new RangeError("SECRET"); }, "SECRET"],
    ["rejects", () => Promise.reject(new RangeError("SECRET")), "SECRET"],
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
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(Error), { operationId: "pay" });
    expect(onError.mock.calls[0]?.[0].message).toContain(message);
  });

  test("when its auth throws, and what onError throws is dropped", async () => {
    const auth = () => { throw new Error("database"); };
    for (const onError of [() => { throw new Error("x"); }, () => Promise.reject(new Error("x")), undefined]) {
      expect(await handlerOf({}, { auth, ...(onError && { onError }) })(post())).toMatchObject({ status: 500 });
    }
  });
});

describe("a provider refuses a call", () => {
  test("with problem details and Retry-After, of which onError is not told (B4)", async () => {
    const onError = vi.fn();
    const refuse = (error: ProblemError) => handlerOf({ pay: () => { throw error; } }, { onError })(post());
    const response = await refuse(new ProblemError(503));
    expect(response).toMatchObject({ status: 503, headers: { "retry-after": "5", "content-type": "application/problem+json" } });
    expect(problemOf(response)).toMatchObject({ status: 503, detail: "The request is not decided yet; ask again later." });
    expect(await refuse(new ProblemError(429, { retryAfterSeconds: 60 }))).toMatchObject({ status: 429, headers: { "retry-after": "60" } });
    const forbidden = await refuse(new ProblemError(403, { detail: "No cards for this shop." }));
    expect(forbidden.headers).not.toHaveProperty("retry-after");
    expect(problemOf(forbidden)).toMatchObject({ status: 403, detail: "No cards for this shop." });
    expect(onError).not.toHaveBeenCalled();
  });

  test.each([() => new ProblemError(418 as never), () => new ProblemError(503, { retryAfterSeconds: 1.5 })])(
    "only with what the contract has: %s",
    (make) => expect(make).toThrow(TypeError),
  );

  test("by taking too long over the credentials: 503, and the provider is not called", async () => {
    const onError = vi.fn();
    const pay = vi.fn();
    const response = await handlerOf({ pay }, { onError, timeoutMs: 5, auth: () => new Promise(() => {}) })(post());
    expect(response).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(onError.mock.calls[0]?.[0].message).toBe("Cannot answer pay: auth took longer than 5 ms");
    expect(pay).not.toHaveBeenCalled();
  });

  test("by taking too long: 503, and what it says later is dropped", async () => {
    const onError = vi.fn();
    let end = (_: Error) => {};
    const pay = () => new Promise<never>((_, reject) => (end = reject));
    const response = await handlerOf({ pay }, { onError, timeoutMs: 5 })(post());
    expect(response).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(onError.mock.calls[0]?.[0].message).toBe("Cannot answer pay: the provider took longer than 5 ms");
    end(new Error("too late"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(onError).toHaveBeenCalledOnce();
  });
});

test("paths are below the base path", async () => {
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

  test("that shares its path with another lists both in Allow", async () => {
    const handler = createHandlerOf({ pay() {} }, [route({}), route({ method: "PUT" })], { auth: "none" });
    expect(await handler(post("", { method: "GET" }))).toMatchObject({ status: 405, headers: { allow: "POST, PUT" } });
  });

  test("writes no body for a problem that has none, and plain problem details for one of another shape", async () => {
    const encode = () => ({ ok: false, issue: { pointer: "", reason: "" } }) as const;
    const other = { decode: expect.unreachable, encode };
    const handler = createHandlerOf({ pay() {} }, [route({ problems: { 400: undefined, 415: other } })], { auth: "none" });
    expect(await handler(post("{"))).toMatchObject({ status: 400, body: "" });
    expect(problemOf(await handler(post("", { headers: {} })))).toMatchObject({ status: 415 });
  });
});

test.each([
  [{ auth: undefined }, /option auth must be bearer\(…\)/],
  [{ auth: "SECRET" }, /or "none"$/],
  [{ maxBodyBytes: 0 }, /option maxBodyBytes must be a positive integer, is 0$/],
  [{ basePath: "api" }, /option basePath must be empty or begin with \/ and not end with it, is "api"$/],
  [{ basePath: "/api/" }, /option basePath .*, is "\/api\/"$/],
  [{ timeoutMs: 0 }, /option timeoutMs must be an integer from 1 to 2147483647, is 0$/],
  [{ onError: 1 }, /option onError must be a function, is a number$/],
  [{ onerror: () => {} }, /option onerror is not known; allowed: auth, basePath, maxBodyBytes, onError, timeoutMs$/],
])("wrong options %o are a TypeError that names them", (options, message) => {
  const create = () => createHandler(provider, { auth: "none", ...options } as unknown as HandlerOptions);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(message);
});

test("missing options and methods are a TypeError that names them", () => {
  expect(() => createHandler(provider, undefined as never)).toThrow("options must be an object");
  const incomplete = { ...provider, status: undefined } as never;
  expect(() => createHandler(incomplete, { auth: "none" })).toThrow("provider.status must be a function, is undefined");
});
