import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Authenticate,
  createHandler,
  type Provider,
  toExpressMiddleware,
  toFastifyPlugin,
  toFetchHandler,
  toNodeListener,
} from "./index.ts";

const pay = vi.fn<Provider["pay"]>(({ txn_id }) => ({ status: "OK", partner_txn_id: `W-${txn_id}` }));
const provider: Provider = {
  check: () => ({ status: "PRODUCT_NOT_FOUND" }),
  pay,
  status: () => ({ status: "TXN_NOT_FOUND" }),
};
const auth = vi.fn<Authenticate>(() => "shop-1");
const handler = createHandler(provider, { auth, basePath: "/api" });
const order = '{"product_id":9007199254740993,"price":50000,"txn_id":"ы-17"}';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  pay.mockClear();
});

async function listen(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Send = (path: string, init: RequestInit) => Promise<Response>;

const over =
  (baseUrl: string): Send =>
  (path, init) =>
    fetch(baseUrl + path, init);

const adapters: Record<string, () => Promise<Send>> = {
  "node:http": async () => over(await listen(toNodeListener(handler))),
  "the Fetch Standard": async () => (path, init) =>
    toFetchHandler(handler)(new Request(`http://x${path}`, { ...init, duplex: "half" } as RequestInit)),
  Hono: async () => {
    const app = new Hono().all("/api/*", ({ req }) => toFetchHandler(handler)(req.raw));
    return async (path, init) => app.request(path, { ...init, duplex: "half" } as RequestInit);
  },
  Express: async () => {
    const app = express();
    app.use("/api", toExpressMiddleware(handler));
    app.use(express.json());
    app.post("/other", ({ body }, response) => void response.json(body));
    return over(await listen(app));
  },
  Fastify: async () => {
    const app = fastify();
    await app.register(toFastifyPlugin(handler), { prefix: "/api" });
    app.post("/other", async ({ body }) => body);
    const baseUrl = await app.listen({ host: "127.0.0.1", port: 0 });
    ends.push(() => app.close());
    return over(baseUrl);
  },
};

const post = (body: BodyInit, headers = { "content-type": "application/json" }): RequestInit => ({
  method: "POST",
  body,
  headers,
});

describe.each(Object.entries(adapters))("under %s", (name, start) => {
  test("a pay is served exactly", async () => {
    const send = await start();
    const response = await send("/api/pay", post(order));
    expect([response.status, response.headers.get("cache-control"), await response.text()]).toEqual([
      200,
      "no-store",
      '{"partner_txn_id":"W-ы-17","status":"OK"}',
    ]);
    expect(pay.mock.calls[0]?.[0]).toEqual({ product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "ы-17" });
  });

  test.each([
    ["a path outside of the API", "/api/other", post(order), 404],
    ["another method", "/api/pay", { method: "PUT", body: order }, 405],
    ["another media type", "/api/pay", post(order, { "content-type": "text/plain" }), 415],
    ["a body that is too large", "/api/pay", post(" ".repeat(65_537)), 413],
    ["broken JSON", "/api/pay", post("{"), 400],
    ["bytes that are not UTF-8", "/api/pay", post(new Uint8Array([0x22, 0xff, 0x22])), 400],
    ["no body", "/api/pay", { method: "POST", headers: { "content-type": "application/json" } }, 400],
  ] as [string, string, RequestInit, number][])("%s is refused with problem details", async (_, path, init, status) => {
    const response = await (await start())(path, init);
    expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ status });
    expect(pay).not.toHaveBeenCalled();
  });

  test("auth sees the path with its prefix and query, for signatures that cover them", async () => {
    expect(await (await start())("/api/pay?shop=7&x=%D1%8B", post(order))).toMatchObject({ status: 200 });
    expect(auth.mock.lastCall?.[0].path).toBe("/api/pay?shop=7&x=%D1%8B");
  });

  test("a chunked body without a length is read to its end, or to the limit", async () => {
    const send = await start();
    const stream = (text: string) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const part of text.match(/.{1,1000}/gs) ?? []) controller.enqueue(new TextEncoder().encode(part));
          controller.close();
        },
      });
    const chunked = (text: string) => ({ ...post(stream(text)), duplex: "half" }) as RequestInit;
    expect(await send("/api/pay", chunked(`${" ".repeat(5000)}${order}`))).toMatchObject({ status: 200 });
    if (name === "the Fetch Standard" || name === "Hono") {
      expect(await send("/api/pay", chunked(" ".repeat(200_000)))).toMatchObject({ status: 413 });
    }
  });
});

test.each(["Express", "Fastify"] as const)("%s still reads the bodies of its other routes", async (name) => {
  const response = await (await adapters[name]?.())?.("/other", post('{"a":1}'));
  expect([response?.status, await response?.json()]).toEqual([200, { a: 1 }]);
});

test("a wrapped handler that rejects becomes HTTP 500", async () => {
  const failing = () => Promise.reject(new Error("wrapped"));
  const response = await toFetchHandler(failing)(new Request("http://x/api/pay", post(order)));
  expect([response.status, response.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
});

test("a body that Express has read before is taken from request.rawBody", async () => {
  const app = express();
  const keep = (request: object, _response: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody });
  app.use(express.json({ verify: keep }), express().use("/api", toExpressMiddleware(handler)));
  expect((await fetch(`${await listen(app)}/api/pay`, post(order))).status).toBe(200);
  expect(pay.mock.calls[0]?.[0]).toMatchObject({ product_id: 9_007_199_254_740_993n });
});

test("a body that Express has read before is an error, and the call does not hang", async () => {
  const app = express();
  app.use(express.json());
  app.use("/api", toExpressMiddleware(handler));
  // oxlint-disable-next-line no-unused-vars -- Express recognises an error handler by its four parameters
  const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).send(error.message);
  };
  app.use(onError);
  const response = await fetch(`${await listen(app)}/api/pay`, post(order));
  expect(await response.text()).toMatch(/its body was read before/);
});
