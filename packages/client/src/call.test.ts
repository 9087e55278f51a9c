import { describe, expect, test, vi } from "vitest";
import { type ClientOptions, createClient, type Fetch } from "./index.ts";

const baseUrl = "https://hub.example/api";
const order = { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" };
const sold =
  '{"status":"OK","partner_txn_id":"W5","product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}}';

const clientOf = (fetch: Fetch, options: Partial<ClientOptions> = {}) =>
  createClient({ baseUrl, auth: "none", fetch, newAttemptId: () => "attempt-1", now: () => 0, ...options });

const answering = (body: BodyInit | null, init?: ResponseInit) => clientOf(async () => new Response(body, init));

describe("a request", () => {
  test("is one POST of exact JSON with its length, that is not to be redirected", async () => {
    const seen: Request[] = [];
    const client = clientOf(async (url, init) => {
      seen.push(new Request(url, init));
      return new Response(sold);
    });
    await client.pay(order);
    expect(seen).toHaveLength(1);
    const [request] = seen as [Request];
    expect([request.method, request.url, request.redirect]).toEqual(["POST", `${baseUrl}/pay`, "manual"]);
    const text = await request.text();
    expect(text).toBe('{"product_id":9007199254740993,"price":50000,"txn_id":"A-17"}');
    expect(request.headers.get("content-type")).toBe("application/json");
    expect(request.headers.get("content-length")).toBe(String(text.length));
  });

  test("that the contract does not allow is not sent, and the detail says why", async () => {
    const result = await answering(sold).pay({ ...order, price: -5 });
    expect(result).toEqual({
      outcome: "not-sent", reason: "invalid-request", attemptId: "attempt-1", elapsedMs: 0,
      detail: "Cannot send pay: /price must be greater than 0, is -5",
    });
  });

  test("has its length in bytes, and says what it accepts", async () => {
    let headers = new Headers();
    await clientOf(async (_, init) => ((headers = new Headers(init.headers)), new Response(sold))).pay({ ...order, txn_id: "ы-17" });
    expect([headers.get("content-length"), headers.get("accept")]).toEqual(["62", "application/json, application/problem+json"]);
  });

  test("is what it was when it was made, whatever the caller does with the object", async () => {
    const changing = { ...order };
    let sent = "";
    const client = clientOf(async (url, init) => ((sent = await new Request(url, init).text()), new Response(sold)));
    const result = client.pay(changing);
    changing.product_id = 7n;
    expect(await result).toMatchObject({ outcome: "succeeded" });
    let reads = 0;
    const getter = { ...order, get price() { return reads++ < 1 ? 5 : -5; } };
    await client.pay(getter);
    expect(sent).toContain('"price":5,');
  });

  test("of a caller without types is not sent, and does not reject", async () => {
    // oxlint-disable-next-line typescript/no-explicit-any -- a caller without types
    const client: any = answering(sold);
    expect(await client.pay(null)).toMatchObject({ reason: "invalid-request" });
    expect(await client.pay(order, null)).toMatchObject({ outcome: "succeeded" });
    const fail = () => { throw new Error("SECRET"); };
    const wrong = [
      new AbortController(), { aborted: false }, { aborted: false, addEventListener: fail, removeEventListener: fail },
      Object.defineProperty({}, "aborted", { get: fail }), 7,
    ];
    for (const signal of wrong) expect(await client.pay(order, { signal })).toMatchObject({ reason: "invalid-request" });
    expect(await client.pay(order, Object.defineProperty({}, "signal", { get: fail }))).toMatchObject({ reason: "invalid-request" });
    expect(await client.pay({ ...order, get price() { return fail(); } })).toMatchObject({ reason: "invalid-request" });
    expect(JSON.stringify(await client.pay(order, { signal: wrong[3] }))).not.toContain("SECRET");
  });
});

describe("without an answer", () => {
  const failing = (error: unknown, options?: Partial<ClientOptions>) => clientOf(() => Promise.reject(error), options);

  test("a call whose connection was refused is not sent (C1)", async () => {
    const error = new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", syscall: "connect" } });
    expect(await failing(error).pay(order)).toMatchObject({
      outcome: "not-sent", reason: "unreachable", detail: "Cannot send pay: there is no connection (ECONNREFUSED)",
    });
  });

  test.each([new TypeError("fetch failed"), "a string", undefined, { code: "ECONNRESET" }])(
    "a call whose fetch fails with %o is unknown (C2)",
    async (error) => {
      expect(await failing(error).pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
    },
  );

  test("a call is unknown when its body fails with an error that would prove it unsent", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error({ code: "ECONNREFUSED" }) });
    const result = await clientOf(async () => new Response(broken)).pay(order);
    expect(result).toMatchObject({ outcome: "unknown", reason: "connection", httpStatus: 200 });
  });

  test.each<[string, () => object]>([
    ["an inherited name", () => Object.create(new DOMException("x", "AbortError"))],
    ["a code that throws", () => Object.defineProperty({}, "code", { get: () => { throw new Error("no"); } })],
    ["a revoked proxy", () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }],
  ])("a call whose fetch fails with an error that throws when it is read is unknown: %s", async (_, make) => {
    const error = make();
    expect(await failing(error).pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
    const client = clientOf(async () => new Response(sold), { auth: () => Promise.reject(error) });
    expect(await client.pay(order)).toMatchObject({ outcome: "not-sent", reason: "no-credentials" });
  });

  test("the signal of a call aborts with it, and a late answer is cancelled", async () => {
    let signal: AbortSignal | null | undefined;
    let answer = (_: Response) => {};
    const client = clientOf((_, init) => ((signal = init.signal), new Promise((resolve) => (answer = resolve))), { timeoutMs: 5 });
    expect(await client.pay(order)).toMatchObject({ reason: "timeout" });
    expect(signal?.aborted).toBe(true);
    const cancel = vi.fn();
    answer(new Response(new ReadableStream({ cancel })));
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
  });

  test("a call times out even if fetch ignores its signal", async () => {
    const client = clientOf(() => new Promise(() => {}), { timeoutMs: { pay: 5 } });
    expect(await client.pay(order)).toMatchObject({
      outcome: "unknown", reason: "timeout", detail: "pay had no complete answer within 5 ms",
    });
  });

  test("a call times out while its body is read", async () => {
    const stalled = new ReadableStream({ pull: () => new Promise(() => {}) });
    const result = await clientOf(async () => new Response(stalled), { timeoutMs: 5 }).pay(order);
    expect(result).toMatchObject({ outcome: "unknown", reason: "timeout", httpStatus: 200 });
  });

  test("a call that was aborted before it began never reaches fetch", async () => {
    let calls = 0;
    const client = clientOf(async () => (calls++, new Response(sold)));
    const result = await client.pay(order, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "not-sent", reason: "aborted" });
    expect(calls).toBe(0);
  });

  test("a call that is aborted while it waits for credentials never reaches fetch", async () => {
    const controller = new AbortController();
    let calls = 0;
    let letGo = () => {};
    const auth = () => new Promise<Record<string, string>>((resolve) => (letGo = () => resolve({})));
    const client = clientOf(async () => (calls++, new Response(sold)), { auth });
    const result = client.pay(order, { signal: controller.signal });
    controller.abort();
    expect(await result).toMatchObject({ outcome: "not-sent", reason: "aborted" });
    letGo();
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls).toBe(0);
  });

  test("a call that is aborted after fetch has the request is unknown", async () => {
    const controller = new AbortController();
    const client = clientOf(() => (controller.abort(), new Promise(() => {})));
    const result = await client.pay(order, { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "unknown", reason: "aborted" });
  });
});

test("a clock and a source of names that throw change nothing of a sale", async () => {
  const fail = () => { throw new Error("no"); };
  const client = clientOf(async () => new Response(sold), { now: fail, newAttemptId: fail });
  expect(await client.pay(order)).toMatchObject({ outcome: "succeeded", attemptId: "", elapsedMs: 0 });
});

test("a result measures its attempt with the clock that it was given", async () => {
  const times = [1000, 1250];
  const result = await clientOf(async () => new Response(sold), { now: () => times.shift() ?? 0 }).pay(order);
  expect(result.elapsedMs).toBe(250);
});
