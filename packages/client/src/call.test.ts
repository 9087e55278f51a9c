import { describe, expect, test, vi } from "vitest";
import { type ClientOptions, createClient, type Fetch } from "./index.ts";

const baseUrl = "https://hub.example/api";
const order = { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" };
const sold =
  '{"status":"OK","partner_txn_id":"W5","product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}}';

const clientOf = (fetch: Fetch, options: Partial<ClientOptions> = {}) =>
  createClient({ baseUrl, auth: "none", fetch, newAttemptId: () => "attempt-1", now: () => 0, ...options });

const clientOfAnswer = (body: BodyInit | null, init?: ResponseInit) => clientOf(async () => new Response(body, init));

describe("a request", () => {
  test("is one POST of exact JSON with its length, and forbids redirects", async () => {
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

  test("is not sent when the contract does not allow it, and the detail says why", async () => {
    const result = await clientOfAnswer(sold).pay({ ...order, price: -5 });
    expect(result).toEqual({
      outcome: "not-sent",
      reason: "invalid-request",
      attemptId: "attempt-1",
      elapsedMs: 0,
      detail: "Cannot send pay: /price must be greater than 0, is -5",
    });
  });

  test("states its length in bytes and the media types that it accepts", async () => {
    let headers = new Headers();
    await clientOf(async (_, init) => ((headers = new Headers(init.headers)), new Response(sold))).pay({
      ...order,
      txn_id: "ы-17",
    });
    expect([headers.get("content-length"), headers.get("accept")]).toEqual([
      "62",
      "application/json, application/problem+json",
    ]);
  });

  test("is copied at the call: the caller may change its object afterwards", async () => {
    const changing = { ...order };
    let sent = "";
    const client = clientOf(async (url, init) => ((sent = await new Request(url, init).text()), new Response(sold)));
    const result = client.pay(changing);
    changing.product_id = 7n;
    expect(await result).toMatchObject({ outcome: "succeeded" });
    let reads = 0;
    const getter = {
      ...order,
      get price() {
        return reads++ < 1 ? 5 : -5;
      },
    };
    await client.pay(getter);
    expect(sent).toContain('"price":5,');
  });

  test("never makes a call reject, even from a caller without types", async () => {
    // oxlint-disable-next-line typescript/no-explicit-any -- a caller without types
    const client: any = clientOfAnswer(sold);
    expect(await client.pay(null)).toMatchObject({ reason: "invalid-request" });
    expect(await client.pay(order, null)).toMatchObject({ outcome: "succeeded" });
    const fail = () => {
      throw new Error("SECRET");
    };
    const wrongSignals = [
      new AbortController(),
      { aborted: false },
      { aborted: false, addEventListener: fail, removeEventListener: fail },
      Object.defineProperty({}, "aborted", { get: fail }),
      7,
    ];
    for (const signal of wrongSignals)
      expect(await client.pay(order, { signal })).toMatchObject({ reason: "invalid-request" });
    expect(await client.pay(order, Object.defineProperty({}, "signal", { get: fail }))).toMatchObject({
      reason: "invalid-request",
    });
    expect(
      await client.pay({
        ...order,
        get price() {
          return fail();
        },
      }),
    ).toMatchObject({ reason: "invalid-request" });
    expect(JSON.stringify(await client.pay(order, { signal: wrongSignals[3] }))).not.toContain("SECRET");
  });
});

describe("without an answer", () => {
  const clientFailingWith = (error: unknown, options?: Partial<ClientOptions>) =>
    clientOf(() => Promise.reject(error), options);

  test("a call is not-sent when the connection is refused (C1)", async () => {
    const error = new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", syscall: "connect" } });
    expect(await clientFailingWith(error).pay(order)).toMatchObject({
      outcome: "not-sent",
      reason: "unreachable",
      detail: "Cannot send pay: there is no connection (ECONNREFUSED)",
    });
  });

  test.each([new TypeError("fetch failed"), "a string", undefined, { code: "ECONNRESET" }])(
    "a call is unknown when fetch fails with %o (C2)",
    async (error) => {
      expect(await clientFailingWith(error).pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
    },
  );

  test("a call is unknown when the body breaks, even with the error code of a refused connection", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error({ code: "ECONNREFUSED" }) });
    const result = await clientOf(async () => new Response(broken)).pay(order);
    expect(result).toMatchObject({ outcome: "unknown", reason: "connection", httpStatus: 200 });
  });

  test.each<[string, () => object]>([
    ["an inherited name", () => Object.create(new DOMException("x", "AbortError"))],
    [
      "a code that throws",
      () =>
        Object.defineProperty({}, "code", {
          get: () => {
            throw new Error("no");
          },
        }),
    ],
    [
      "a revoked proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ])("a call is unknown when the error of fetch throws as the client reads it: %s", async (_, make) => {
    const error = make();
    expect(await clientFailingWith(error).pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
    const client = clientOf(async () => new Response(sold), { auth: () => Promise.reject(error) });
    expect(await client.pay(order)).toMatchObject({ outcome: "not-sent", reason: "no-credentials" });
  });

  test("a timeout aborts the signal of fetch, and the client cancels a late answer", async () => {
    let signal: AbortSignal | null | undefined;
    let answerLate = (_: Response) => {};
    const client = clientOf((_, init) => ((signal = init.signal), new Promise((resolve) => (answerLate = resolve))), {
      timeoutMs: 5,
    });
    expect(await client.pay(order)).toMatchObject({ reason: "timeout" });
    expect(signal?.aborted).toBe(true);
    const cancel = vi.fn();
    answerLate(new Response(new ReadableStream({ cancel })));
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
  });

  test("a call times out even if fetch ignores its signal", async () => {
    const client = clientOf(() => new Promise(() => {}), { timeoutMs: { pay: 5 } });
    expect(await client.pay(order)).toMatchObject({
      outcome: "unknown",
      reason: "timeout",
      detail: "pay had no complete answer within 5 ms",
    });
  });

  test("a call times out while the client reads the body", async () => {
    const stalled = new ReadableStream({ pull: () => new Promise(() => {}) });
    const result = await clientOf(async () => new Response(stalled), { timeoutMs: 5 }).pay(order);
    expect(result).toMatchObject({ outcome: "unknown", reason: "timeout", httpStatus: 200 });
  });

  test("a call with an aborted signal never reaches fetch", async () => {
    let calls = 0;
    const client = clientOf(async () => (calls++, new Response(sold)));
    const result = await client.pay(order, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "not-sent", reason: "aborted" });
    expect(calls).toBe(0);
  });

  test("a call never reaches fetch when the caller aborts it while it waits for credentials", async () => {
    const controller = new AbortController();
    let calls = 0;
    let releaseAuth = () => {};
    const auth = () => new Promise<Record<string, string>>((resolve) => (releaseAuth = () => resolve({})));
    const client = clientOf(async () => (calls++, new Response(sold)), { auth });
    const result = client.pay(order, { signal: controller.signal });
    controller.abort();
    expect(await result).toMatchObject({ outcome: "not-sent", reason: "aborted" });
    releaseAuth();
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls).toBe(0);
  });

  test("a call is unknown when the caller aborts it after fetch has the request", async () => {
    const controller = new AbortController();
    const client = clientOf(() => (controller.abort(), new Promise(() => {})));
    const result = await client.pay(order, { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "unknown", reason: "aborted" });
  });
});

test("a clock and an id maker that throw do not change the result of a sale", async () => {
  const fail = () => {
    throw new Error("no");
  };
  const client = clientOf(async () => new Response(sold), { now: fail, newAttemptId: fail });
  expect(await client.pay(order)).toMatchObject({ outcome: "succeeded", attemptId: "", elapsedMs: 0 });
});

test("elapsedMs is measured with the clock of the options", async () => {
  const times = [1000, 1250];
  const result = await clientOf(async () => new Response(sold), { now: () => times.shift() ?? 0 }).pay(order);
  expect(result.elapsedMs).toBe(250);
});
