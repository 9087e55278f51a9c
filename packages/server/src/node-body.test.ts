import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { handlerOf, order } from "./handler.fixture.ts";
import { bearer, hmac, type Provider, toNodeListener } from "./index.ts";
import { exchange, head, listen, pay, problem, statusesOf } from "./wire.fixture.ts";

const last = "connection: close";

describe("a body that drips in", () => {
  test("is answered with 408 after bodyTimeoutMs, and the connection closes", async () => {
    const sell = vi.fn<Provider["pay"]>();
    const { port } = await listen(toNodeListener(handlerOf({ pay: sell }), { bodyTimeoutMs: 20 }));
    const received = await exchange(port, head("content-length: 100") + order, problem);
    expect(received).toMatch(/^HTTP\/1\.1 408 [^]*connection: close[^]*"status":408/i);
    expect(sell).not.toHaveBeenCalled();
  });

  test.each([0, 1.5, 2 ** 31, "5"])("is no reason for a bodyTimeoutMs of %j", (bodyTimeoutMs) => {
    const create = () => toNodeListener(handlerOf(), { bodyTimeoutMs: bodyTimeoutMs as number });
    expect(create).toThrow(/option bodyTimeoutMs must be an integer from 1 to 2147483647, is/);
  });
});

test("a caller that asks first gets 100 Continue, and then its answer", async () => {
  const { port } = await listen(toNodeListener(handlerOf()));
  const received = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.write(head(`content-length: ${order.length}`, "expect: 100-continue", last));
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.endsWith("100 Continue\r\n\r\n")) socket.write(order);
    });
    socket.on("close", () => resolve(text));
  });
  expect(statusesOf(received)).toEqual([100, 200]);
});

test("a body under way when the caller goes away ends the call, so that drain() does not wait for it", async () => {
  const handler = handlerOf();
  const { port } = await listen(toNodeListener(handler));
  const socket = connect(port, "127.0.0.1");
  socket.write(head("content-length: 100") + order);
  await vi.waitFor(() => expect(handler.underWay()).toBe(1));
  socket.resetAndDestroy();
  await handler.drain();
  expect(handler.underWay()).toBe(0);
});

describe("credentials are checked before the body comes", () => {
  const waiting = head("content-length: 60000");

  test("with bearer, whose auth sees no body", async () => {
    const { port } = await listen(toNodeListener(handlerOf({}, { auth: bearer({ t: "shop-1" }) })));
    expect(await exchange(port, waiting, problem)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("and the media type too", async () => {
    const { port } = await listen(toNodeListener(handlerOf()));
    expect(await exchange(port, waiting.replace("json", "xml"), problem)).toMatch(/^HTTP\/1\.1 415 /);
  });

  test("with a function that says so, also when it takes its time, and the body is not lost", async () => {
    const bodies: unknown[] = [];
    const auth = Object.assign(
      async ({ body }: { body: unknown }) => {
        bodies.push(body);
        await new Promise((resolve) => setTimeout(resolve, 10));
        return "shop-1";
      },
      { readsBody: false },
    );
    const { port } = await listen(toNodeListener(handlerOf({}, { auth })));
    expect(statusesOf(await exchange(port, pay(order, last)))).toEqual([200]);
    expect(bodies).toEqual([new Uint8Array()]);
  });

  test("but not with hmac, which signs the body", async () => {
    const auth = hmac({ k: { merchant: "shop-1", secret: "s".repeat(32) } });
    const { port } = await listen(toNodeListener(handlerOf({}, { auth }), { bodyTimeoutMs: 20 }));
    expect(await exchange(port, waiting, problem)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("a body that was read before", () => {
  /** Reads the body like a parser of a framework, and keeps of it what `keep` returns. */
  const parsedBefore = (keep: (body: string) => object, onError = vi.fn()) => {
    const listener = toNodeListener(handlerOf({}, { onError }));
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      listener(Object.assign(request, keep(body)), response);
    });
    return listen((request, response) => void server.emit("request", request, response));
  };

  test.each([
    ["a Buffer", (body: string) => ({ rawBody: Buffer.from(body) })],
    ["text", (body: string) => ({ rawBody: body })],
  ])("is taken from request.rawBody: %s", async (_, keep) => {
    const { port } = await parsedBefore(keep);
    expect(statusesOf(await exchange(port, pay(order, last)))).toEqual([200]);
    expect(statusesOf(await exchange(port, pay(" ".repeat(65_537), last)))).toEqual([413]);
  });

  test("is never written anew from request.body: that is a 500, and onError says why", async () => {
    const onError = vi.fn();
    const { port } = await parsedBefore((body) => ({ body: JSON.parse(body) }), onError);
    expect(statusesOf(await exchange(port, pay(order, last)))).toEqual([500]);
    expect(onError.mock.calls[0]?.[0].message).toMatch(/^Cannot answer pay: its body was read before, and request.raw/);
  });

  test("is no obstacle where there was none", async () => {
    const { port } = await parsedBefore(() => ({}));
    const empty = `${head("transfer-encoding: chunked", last)}0\r\n\r\n`;
    expect(statusesOf(await exchange(port, empty))).toEqual([400]);
    expect(statusesOf(await exchange(port, pay("", last)))).toEqual([400]);
  });
});

test("a header that decides and comes twice counts as absent", async () => {
  const onRefused = vi.fn();
  const { port } = await listen(toNodeListener(handlerOf({}, { auth: bearer({ t: "shop-1" }), onRefused })));
  const [one, two] = ["authorization: Bearer t", "Authorization: Bearer x"];
  expect(statusesOf(await exchange(port, pay(order, one, last)))).toEqual([200]);
  expect(statusesOf(await exchange(port, pay(order, one, two, last)))).toEqual([401]);
  expect(onRefused.mock.calls[0]?.[0]).toMatchObject({ reason: "no-credentials" });
  expect(statusesOf(await exchange(port, pay(order, one, "Content-Type: text/plain", last)))).toEqual([415]);
});
