import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { type AuthRequest, type ClientOptions, createClient } from "./index.ts";

const order = { product_id: 1n, price: 50000, txn_id: "A-17" };
const sold = '{"status":"OK","partner_txn_id":"W5"}';

let server: Server;
let requests: string[] = [];

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Starts a server that reads each request to its end and then calls the listener. Returns a client of that server. */
async function clientOf(
  listener: (...call: Parameters<RequestListener>) => unknown,
  options: Partial<ClientOptions> = {},
) {
  requests = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const framing = request.headers["content-length"] ?? request.headers["transfer-encoding"];
    requests.push(`${request.method} ${request.url} ${framing} ${body}`);
    await listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return createClient({ baseUrl: `http://127.0.0.1:${port}`, auth: "none", ...options });
}

const onePay = ['POST /pay 46 {"product_id":1,"price":50000,"txn_id":"A-17"}'];

test("a sale succeeds over a real connection", async () => {
  const client = await clientOf((_, response) => response.end(sold));
  expect(await client.pay(order)).toMatchObject({ outcome: "succeeded", httpStatus: 200 });
  expect(requests).toEqual(onePay);
});

test.each([301, 302, 307, 308, 401, 407, 408, 421, 425, 429, 500, 503])(
  "HTTP %d leads to no second request (C11)",
  async (code) => {
    const headers = { location: "/pay", "retry-after": "0", "www-authenticate": "Basic realm=x" };
    const client = await clientOf((_, response) => response.writeHead(code, headers).end(sold));
    expect(await client.pay(order)).toMatchObject({ outcome: "unknown" });
    expect(requests).toEqual(onePay);
  },
);

test("a call is unknown when the connection is reset after the request", async () => {
  const client = await clientOf((request) => request.socket.resetAndDestroy());
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "connection", httpStatus: undefined });
  expect(requests).toEqual(onePay);
});

test("a call is unknown when the body is cut short", async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(200, { "content-length": 1000 });
    response.write(sold, () => response.destroy());
  });
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "connection", httpStatus: 200 });
});

test("a call times out when the server does not answer", async () => {
  const client = await clientOf(() => {}, { timeoutMs: 100 });
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "timeout" });
});

test("a call times out when the answer does not end", async () => {
  const client = await clientOf((_, response) => void response.write(sold), { timeoutMs: 100 });
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "timeout", httpStatus: 200 });
});

test("a call is unknown when the caller aborts it while it waits for the answer", async () => {
  const controller = new AbortController();
  const client = await clientOf(() => controller.abort());
  const result = await client.pay(order, { signal: controller.signal });
  expect(result).toMatchObject({ outcome: "unknown", reason: "aborted" });
});

test("an answer is too large when its decompressed bytes exceed maxBodyBytes", async () => {
  const bomb = gzipSync(Buffer.alloc(2_000_000, " "));
  const headers = { "content-encoding": "gzip" };
  const client = await clientOf((_, response) => response.writeHead(200, headers).end(bomb));
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "too-large" });
});

test("an auth function that reads the body does not change the request", async () => {
  const auth = async ({ body }: AuthRequest) => ({ Signature: String(body?.length) });
  const client = await clientOf(
    ({ headers }, response) => response.end(sold.replace("W5", String(headers.signature))),
    { auth },
  );
  expect(await client.pay(order)).toMatchObject({ outcome: "succeeded", body: { partner_txn_id: "46" } });
  expect(requests).toEqual(onePay);
});

test.each([["localhost"], ["127.0.0.1"]])("a call to %s is not-sent when the connection is refused", async (host) => {
  await clientOf(() => {});
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const result = await createClient({ baseUrl: `http://${host}:${port}`, auth: "none" }).pay(order);
  expect(result).toMatchObject({ outcome: "not-sent", reason: "unreachable" });
});

test("TLS to a plain server is unknown: its error code does not prove that the handshake failed", async () => {
  await clientOf(() => {});
  const { port } = server.address() as AddressInfo;
  const result = await createClient({ baseUrl: `https://127.0.0.1:${port}`, auth: "none" }).pay(order);
  expect(result).toMatchObject({ outcome: "unknown", reason: "connection" });
});
