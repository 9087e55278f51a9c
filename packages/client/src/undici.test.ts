import { createServer, type RequestListener } from "node:http";
import { constants, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { Agent } from "undici";
import { afterEach, expect, test } from "vitest";
import { createClient } from "./index.ts";
import { undiciFetch } from "./undici.ts";

const order = { product_id: 1n, price: 50000, txn_id: "ы-17" };
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

async function clientOf(listener: RequestListener, timeoutMs = 5000) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fetch = undiciFetch(() => new Agent());
  cleanups.push(
    () => fetch.close(),
    () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))),
  );
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  return createClient({ baseUrl, auth: "none", fetch, timeoutMs });
}

test("undiciFetch() sends the same request and reads the same answer", async () => {
  let seen = "";
  const client = await clientOf(async (request, response) => {
    for await (const chunk of request) seen += chunk;
    seen += ` ${request.method} ${request.url} ${request.headers["content-type"]} ${request.headers["content-length"]}`;
    response.write('{"status":"WRONG_PRICE",');
    setTimeout(() => response.end('"comment":"Цена"}'), 5);
  });
  expect(await client.pay(order)).toMatchObject({
    outcome: "rejected",
    status: "WRONG_PRICE",
    body: { comment: "Цена" },
  });
  expect(seen).toBe('{"product_id":1,"price":50000,"txn_id":"ы-17"} POST /api/pay application/json 47');
});

test.each([302, 307, 421, 503])("undiciFetch() sends one request when the answer is HTTP %d", async (code) => {
  let requests = 0;
  const client = await clientOf(
    (_, response) => (requests++, response.writeHead(code, { location: "/api/pay", "retry-after": "7" }).end()),
  );
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", retryAfterMs: 7000, httpStatus: code });
  expect(requests).toBe(1);
});

test("undiciFetch() sends one request to an HTTP/2 server that refuses its stream, and reads its answer", async () => {
  let requests = 0;
  let isRefusing = true;
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    const refuse = () => (requests++, stream.close(constants.NGHTTP2_REFUSED_STREAM));
    const answer = () => (stream.respond({ ":status": 200 }), stream.end('{"status":"PRODUCT_NOT_FOUND"}'));
    stream.resume().on("end", isRefusing ? refuse : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fetch = undiciFetch(() => new Agent({ allowH2: true, useH2c: true } as Agent.Options));
  cleanups.push(
    () => fetch.close(),
    async () => server.close(),
  );
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ baseUrl, auth: "none", fetch, timeoutMs: 3000 });
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown" });
  expect(requests).toBe(1);
  isRefusing = false;
  expect(await client.pay(order)).toMatchObject({ outcome: "rejected", status: "PRODUCT_NOT_FOUND" });
  expect(await client.check(order)).toMatchObject({ outcome: "rejected" });
});

test("undiciFetch() throws without a function that makes a new dispatcher at each call", () => {
  const agent = new Agent();
  expect(() => undiciFetch(agent as never)).toThrow("Cannot use undiciFetch: must get a function, such as () => new");
  expect(() => undiciFetch(() => ({}) as never)).toThrow("the function must make an Agent, Pool or Client of undici");
  expect(() => undiciFetch(() => agent)).toThrow("the function must make a new dispatcher at each call");
});

const packings: [string, (text: string) => Buffer][] = [
  ["gzip", gzipSync],
  ["X-GZIP", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["gzip, br", (text) => brotliCompressSync(gzipSync(text))],
];

test.each(packings)("undiciFetch() unpacks an answer in %s, within maxBodyBytes", async (coding, pack) => {
  const answer = '{"status":"WRONG_PRICE","comment":"Цена"}';
  let packed = pack(answer);
  const client = await clientOf((_, response) => response.setHeader("content-encoding", coding).end(packed));
  const refused = { outcome: "rejected", status: "WRONG_PRICE", body: { comment: "Цена" } };
  expect(await client.pay(order)).toMatchObject(refused);
  packed = pack(" ".repeat(2_000_000) + answer);
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "too-large" });
  packed = pack(answer).subarray(0, -5);
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", httpStatus: 200 });
});

test("undiciFetch() leaves an answer in a coding that it does not know unknown", async () => {
  const client = await clientOf((_, response) => response.setHeader("content-encoding", "zstd").end("(packed)"));
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "malformed" });
});

test("undiciFetch() waits as long as timeoutMs, whatever the times of the dispatcher are", async () => {
  const waits: { headersTimeout?: number | null; bodyTimeout?: number | null }[] = [];
  const createDispatcher = () => {
    const agent = new Agent({ headersTimeout: 1, bodyTimeout: 1 });
    const { request } = agent;
    agent.request = ((options: (typeof waits)[0]) => (
      waits.push(options),
      request.call(agent, options as never)
    )) as never;
    return agent;
  };
  const fetch = undiciFetch(createDispatcher);
  cleanups.push(() => fetch.close());
  const client = createClient({ baseUrl: "http://127.0.0.1:6000", auth: "none", fetch, timeoutMs: 400_000 });
  expect(await client.pay(order)).toMatchObject({ outcome: "not-sent", reason: "unreachable" });
  expect(waits).toMatchObject([{ headersTimeout: 0, bodyTimeout: 0 }]);
});

test("undiciFetch() ends at the deadline, and stops reading a body that is too large", async () => {
  const silent = await clientOf(() => {}, 100);
  expect(await silent.pay(order)).toMatchObject({ outcome: "unknown", reason: "timeout" });
  const large = await clientOf((_, response) => response.end(" ".repeat(2_000_000)));
  expect(await large.pay(order)).toMatchObject({ outcome: "unknown", reason: "too-large" });
});

test("undiciFetch() leaves a broken connection unknown, and a refused one not-sent", async () => {
  const client = await clientOf((request) => request.socket.resetAndDestroy());
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
  await cleanups.pop()?.();
  expect(await client.pay(order)).toMatchObject({ outcome: "not-sent", reason: "unreachable" });
});
