import { once } from "node:events";
import { Agent, request as ask } from "node:http";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { handlerOf, order } from "./handler.fixture.ts";
import { apiKey, type Provider, toNodeListener } from "./index.ts";
import { exchange, head, listen, pay, problem, statusesOf } from "./wire.fixture.ts";

/** A shop that counts its sales, behind a key. */
async function shop(options = {}) {
  const sell = vi.fn<Provider["pay"]>(() => ({ status: "WRONG_PRICE" }));
  const handler = handlerOf({ pay: sell }, { auth: apiKey({ k: "shop-1" }) });
  return { sell, ...(await listen(toNodeListener(handler, options))) };
}

const good = pay(order, "x-api-key: k");
const large = " ".repeat(70_000);

/** Requests that are refused without their body, by the status. */
const refused = (body: string): [status: number, bytes: string][] => [
  [404, pay(body, "x-api-key: k").replace("/pay", "/other")],
  [405, pay(body, "x-api-key: k").replace("POST", "PUT")],
  [401, pay(body)],
  [415, pay(body, "x-api-key: k", "content-encoding: gzip")],
];

describe("a pay that is pipelined", () => {
  test("behind another is served after it", async () => {
    const { sell, port } = await shop();
    const end = pay(order, "x-api-key: k", "connection: close");
    expect(statusesOf(await exchange(port, good + good + end))).toEqual([200, 200, 200]);
    expect(sell).toHaveBeenCalledTimes(3);
  });

  test.each([...refused(large), [413, pay(large, "x-api-key: k")]] as [number, string][])(
    "behind a %i whose body was not read is never sold, and the connection closes",
    async (status, bytes) => {
      const { sell, port } = await shop();
      const received = await exchange(port, bytes + good);
      expect(statusesOf(received)).toEqual([status]);
      expect(received).toMatch(/\r\nconnection: close\r\n/i);
      expect(sell).not.toHaveBeenCalled();
    },
  );

  test("behind a chunked body that is too large is never sold, even if both come at once", async () => {
    const { sell, port } = await shop({ maxBodyBytes: 10 });
    const chunked = `${head("transfer-encoding: chunked", "x-api-key: k")}b\r\n12345678901\r\n0\r\n\r\n`;
    expect(statusesOf(await exchange(port, chunked + good))).toEqual([413]);
    expect(sell).not.toHaveBeenCalled();
  });

  test.each(refused(order))("behind a %i whose small body has come with it is served", async (status, bytes) => {
    const { sell, port } = await shop();
    const end = pay(order, "x-api-key: k", "connection: close");
    expect(statusesOf(await exchange(port, bytes + end))).toEqual([status, 200]);
    expect(sell).toHaveBeenCalledOnce();
  });
});

test("a refused body that comes later closes the connection, and a pay behind it is never sold", async () => {
  const { sell, port } = await shop();
  const received = await exchange(port, pay(order).slice(0, -10), problem, pay(order).slice(-10) + good);
  expect(statusesOf(received)).toEqual([401]);
  expect(received).toMatch(/\r\nconnection: close\r\n/i);
  expect(sell).not.toHaveBeenCalled();
});

test("bytes that are not HTTP in a refused body get no second answer", async () => {
  const { port } = await shop();
  const received = await exchange(port, head("transfer-encoding: chunked"), problem, "nonsense\r\n\r\n");
  expect(statusesOf(received)).toEqual([401]);
});

test.each([65, 2000])(
  "of %i requests behind a slow pay, 64 wait, and the next one closes the connection",
  async (count) => {
    const { promise, resolve } = Promise.withResolvers<{ status: "WRONG_PRICE" }>();
    const { server, port } = await listen(toNodeListener(handlerOf({ pay: () => promise })));
    let taken = 0;
    server.on("request", () => taken++);
    const behind = pay(order, `x: ${"x".repeat(900)}`).replace("POST", "PUT");
    const received = exchange(port, pay(order) + behind.repeat(count));
    await vi.waitFor(() => expect(taken).toBeGreaterThan(65));
    for (let turn = 0; turn < 100; turn++) await new Promise((done) => setImmediate(done));
    // Node.js itself reads no more while so many answers wait.
    expect(taken).toBeLessThan(1000);
    resolve({ status: "WRONG_PRICE" });
    const expected = [200, ...Array(64).fill(405), 503];
    const statuses = statusesOf(await received);
    // What a caller sends without end resets the connection, and with it answers on their way.
    expect(statuses).toEqual(count === 65 ? expected : expected.slice(0, statuses.length));
  },
);

test("a refusal reaches a caller that sends a large body first and reads later", async () => {
  const { port } = await shop();
  const socket = connect(port, "127.0.0.1");
  socket.write(head("content-length: 800000"));
  const chunk = Buffer.alloc(100_000);
  for (let sent = 0; sent < 8; sent++) {
    if (!socket.write(chunk)) await once(socket, "drain");
    await new Promise((resolve) => setImmediate(resolve));
  }
  let received = "";
  for await (const data of socket) received += data;
  expect(received).toMatch(/^HTTP\/1\.1 401 [^]*"status":401/);
});

test("a caller that never ends a refused body is cut off", async () => {
  const { port } = await shop();
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(head("content-length: 100000000"));
  const chunk = Buffer.alloc(65_536);
  let sent = 0;
  const send = () => {
    while (!socket.destroyed && (sent += chunk.byteLength) && socket.write(chunk));
  };
  socket.on("drain", send);
  send();
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  expect(sent).toBeLessThan(20_000_000);
});

test("a request that is refused without a body keeps its connection", async () => {
  const { port } = await shop();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (let count = 0; count < 2; count++) {
    const sent = ask({ port, host: "127.0.0.1", agent, path: "/pay" }).end();
    const [response] = await once(sent, "response");
    sockets.add(response.socket);
    await once(response.resume(), "end");
  }
  agent.destroy();
  expect(sockets.size).toBe(1);
});
