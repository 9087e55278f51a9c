import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import { Agent as TlsAgent, createServer as createTlsServer, request as httpsRequest } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import express from "express";
import fastify from "fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { handlerOf, order, post as call, problemOf } from "./handler.fixture.ts";
import { closeGently, type Handler, toExpressMiddleware, toFastifyPlugin, toNodeListener } from "./index.ts";

const refusal = { status: "WRONG_PRICE" } as const;

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A handler whose pays stay under way until they are told to finish. */
function slowHandler() {
  const open: (() => void)[] = [];
  const pay = vi.fn(async () => {
    await new Promise<void>((resolve) => open.push(resolve));
    return refusal;
  });
  return { handler: handlerOf({ pay }), pay, finish: () => open.splice(0).forEach((each) => each()) };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => (server.closeAllConnections(), server.close()));
  return (server.address() as AddressInfo).port;
}

interface Received {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

const send = (port: number, agent: Agent, path = "/pay", ask = request) =>
  new Promise<Received>((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const sent = ask({ host: "127.0.0.1", port, agent, path, method: "POST", headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    sent.on("error", reject).end(order);
  });

const newAgent = () => {
  const agent = new Agent({ keepAlive: true });
  ends.push(() => agent.destroy());
  return agent;
};

const servers: Record<string, (handler: Handler) => Promise<Server>> = {
  "node:http": async (handler) => createServer(toNodeListener(handler)),
  Express: async (handler) => createServer(express().use(toExpressMiddleware(handler))),
  Fastify: async (handler) => {
    const app = fastify();
    await app.register(toFastifyPlugin(handler));
    await app.ready();
    return app.server;
  },
};

describe.each(Object.entries(servers))("closeGently() of a server of %s", (_, serverOf) => {
  test("finishes what is under way, refuses what comes on kept-alive connections, and accepts none", async () => {
    const { handler, pay, finish } = slowHandler();
    const server = await serverOf(handler);
    const port = await listen(server);
    const kept = newAgent();
    expect(await send(port, kept, "/status")).toMatchObject({ status: 200 });
    const underWay = send(port, newAgent());
    await vi.waitFor(() => expect(pay).toHaveBeenCalledOnce());
    const closed = closeGently(server, handler, { withinMs: 5000 });
    await vi.waitFor(() => expect(server.listening).toBe(false));
    const late = await send(port, kept);
    expect(late).toMatchObject({ status: 503, headers: { "retry-after": "5", connection: "close" } });
    expect(JSON.parse(late.body).detail).toMatch(/shutting down/);
    await expect(send(port, newAgent())).rejects.toMatchObject({ code: "ECONNREFUSED" });
    finish();
    expect(await underWay).toMatchObject({ status: 200, headers: { connection: "close" } });
    expect(await closed).toEqual({ cut: 0 });
    expect(pay).toHaveBeenCalledOnce();
  });
});

test("closeGently() cuts what is left after withinMs, and counts it", async () => {
  const { handler, pay } = slowHandler();
  const server = createServer(toNodeListener(handler));
  const port = await listen(server);
  const pays = [1, 2].map(() => send(port, newAgent()).catch((error: NodeJS.ErrnoException) => error.code));
  await vi.waitFor(() => expect(pay).toHaveBeenCalledTimes(2));
  expect(await closeGently(server, handler, { withinMs: 0 })).toEqual({ cut: 2 });
  expect(await Promise.all(pays)).toEqual(["ECONNRESET", "ECONNRESET"]);
});

test("closeGently() waits for a method that runs on after its 503, since its store must outlive it", async () => {
  const open = Promise.withResolvers<typeof refusal>();
  const handler = handlerOf({ pay: () => open.promise }, { timeoutMs: 1 });
  const server = createServer(toNodeListener(handler));
  expect(await send(await listen(server), newAgent())).toMatchObject({ status: 503 });
  expect(handler.underWay()).toBe(1);
  const closed = closeGently(server, handler, { idleMs: 0 });
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  await vi.waitFor(() => expect(server.listening).toBe(false));
  expect(isClosed).toBe(false);
  open.resolve(refusal);
  expect(await closed).toEqual({ cut: 0 });
});

test("closeGently() closes connections that are idle or have sent nothing, after idleMs", async () => {
  const handler = handlerOf();
  const server = createServer(toNodeListener(handler));
  const port = await listen(server);
  await send(port, newAgent(), "/status");
  const silent: Socket = connect(port, "127.0.0.1");
  await once(server, "connection");
  const start = performance.now();
  expect(await closeGently(server, handler, { idleMs: 30 })).toEqual({ cut: 0 });
  expect(performance.now() - start).toBeGreaterThan(29);
  if (!silent.closed) await once(silent, "close");
});

test("closeGently() answers a crowd of new connections that the system has set up before", async () => {
  const handler = handlerOf({ pay: () => refusal });
  const server = createServer(toNodeListener(handler));
  const port = await listen(server);
  const crowd = Array.from({ length: 100 }, () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST /pay HTTP/1.1\r\nhost: x\r\ncontent-length: ${order.length}\r\n\r\n${order}`);
    return new Promise<string>((resolve) => {
      let received = "";
      socket.on("error", () => {}).on("data", (chunk) => (received += String(chunk)));
      socket.on("close", () => resolve(received.slice(0, 12)));
    });
  });
  expect(await closeGently(server, handler)).toEqual({ cut: 0 });
  const answers = await Promise.all(crowd);
  expect(answers.filter((answer) => !answer.startsWith("HTTP/1.1 "))).toEqual([]);
}, 20_000);

test("closeGently() closes a server of node:https alike", async () => {
  // A key that both sides know takes the place of a certificate.
  const psk = Buffer.from("0123456789abcdef");
  const tls = { ciphers: "PSK", maxVersion: "TLSv1.2", pskCallback: () => psk } as const;
  const handler = handlerOf();
  const server = createTlsServer(tls, toNodeListener(handler));
  const port = await listen(server);
  const pskCallback = () => ({ psk, identity: "shop-1" });
  const agent = new TlsAgent({ ...tls, keepAlive: true, pskCallback, checkServerIdentity: () => undefined });
  ends.push(() => agent.destroy());
  const ask = httpsRequest as typeof request;
  expect(await send(port, agent, "/pay", ask)).toMatchObject({ status: 200 });
  const closed = closeGently(server, handler, { idleMs: 200 });
  await vi.waitFor(() => expect(server.listening).toBe(false));
  const late = await send(port, agent, "/pay", ask);
  expect(late).toMatchObject({ status: 503, headers: { connection: "close" } });
  expect(await closed).toEqual({ cut: 0 });
});

test("closeGently() a second time returns the first promise; a server that never listened is closed", async () => {
  const handler = handlerOf();
  const server = createServer(toNodeListener(handler));
  await listen(server);
  const closed = closeGently(server, handler, { idleMs: 0 });
  expect(closeGently(server, handler, { withinMs: 1 })).toBe(closed);
  await closed;
  const never = createServer();
  expect(await closeGently(never, handler)).toEqual({ cut: 0 });
});

test.each([
  ["server must be a server of node:http or node:https, has no close()", [undefined]],
  ["server must be a server of node:http or node:https, has no closeAllConnections()", [{ close() {} }]],
  ["handler must be what createHandler returned, not a function around it", [createServer(), () => {}]],
  ["option withinMs must be an integer from 0 to 2147483647, is -1", [createServer(), handlerOf(), { withinMs: -1 }]],
  [
    "option withinMs must be an integer from 0 to 2147483647, is string",
    [createServer(), handlerOf(), { withinMs: "" }],
  ],
  ["option idleMs must be an integer from 0 to 2147483647, is NaN", [createServer(), handlerOf(), { idleMs: NaN }]],
  ["option within is not known; allowed: idleMs, withinMs", [createServer(), handlerOf(), { within: 1 }]],
  ["options must be an object", [createServer(), handlerOf(), 5]],
])("closeGently() throws: %s", (message, values) => {
  const close = () => closeGently(...(values as Parameters<typeof closeGently>));
  expect(close).toThrow(new TypeError(`Cannot close the server: ${message}`));
});

describe("drain() of a handler", () => {
  test("refuses every new call before auth, and resolves when those under way are answered", async () => {
    const { handler, pay, finish } = slowHandler();
    const answer = handler(call());
    let isDrained = false;
    const drained = handler.drain().then(() => (isDrained = true));
    const auth = vi.fn(() => "shop-1");
    const guarded = handlerOf({}, { auth });
    await guarded.drain();
    for (const path of ["/pay", "/other"]) {
      const refused = await guarded(call(order, { path, body: "too-large" }));
      expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "5", connection: "close" } });
      expect(problemOf(refused)).toMatchObject({ status: 503 });
    }
    expect(auth).not.toHaveBeenCalled();
    expect([isDrained, handler.underWay()]).toEqual([false, 1]);
    finish();
    expect(await answer).toMatchObject({ status: 200, headers: { connection: "close" } });
    await drained;
    expect([pay.mock.calls.length, handler.underWay()]).toEqual([1, 0]);
    await handler.drain();
  });
});

test("an answer of another route that has ended is sent to its last byte, even to a slow reader", async () => {
  const { handler } = slowHandler();
  const size = 30_000_000;
  const server = createServer((_, response) => response.end(Buffer.alloc(size)));
  const port = await listen(server);
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "readable");
  const closing = closeGently(server, handler, { withinMs: 20_000, idleMs: 10 });
  // It reads only now.
  await new Promise((resolve) => setTimeout(resolve, 300));
  let received = 0;
  socket.on("data", (chunk: Buffer) => (received += chunk.length));
  await once(socket, "close");
  expect(received).toBeGreaterThan(size);
  expect(await closing).toEqual({ cut: 0 });
});
