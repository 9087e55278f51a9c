import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { problemTypes } from "@codegames/contract";
import { afterEach, expect, test, vi } from "vitest";
import { answerClientError, createHandler, type Provider, toNodeListener, type WrappedHandler } from "./index.ts";

const order = '{"product_id":9007199254740993,"price":50000,"txn_id":"A-17"}';

let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function serve(handler: WrappedHandler, options?: { maxBodyBytes?: number }): Promise<number> {
  server = createServer(toNodeListener(handler, options));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function sellerOf(pay: Provider["pay"] = ({ txn_id }) => ({ status: "OK", partner_txn_id: `W-${txn_id}` })) {
  const provider: Provider = {
    check: () => ({ status: "PRODUCT_NOT_FOUND" }),
    pay,
    status: () => ({ status: "TXN_NOT_FOUND" }),
  };
  return createHandler(provider, { auth: "none" });
}

const post = (port: number, body: string, path = "/pay") =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body, headers: { "content-type": "application/json" } });

/** Sends raw text and resolves to everything that the server sends until it closes. */
const exchange = (port: number, ...parts: string[]) =>
  new Promise<string>((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => parts.forEach((part) => socket.write(part)));
    socket.on("data", (chunk) => (received += chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });

const head = (framing: string) =>
  `POST /pay HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`;

test("bytes that are not HTTP get problem details, but no answer behind a request that is being answered", async () => {
  let isSold = false;
  const seller = sellerOf(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    isSold = true;
    return { status: "OK", partner_txn_id: "W5" };
  });
  const port = await serve(seller);
  server.on("clientError", answerClientError);
  const refused = await exchange(port, "nonsense\r\n\r\n");
  expect(refused).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
  const id = /^request-id: (.+)\r$/m.exec(refused)?.[1];
  expect(refused).toContain(`"type":"${problemTypes}#bad-request"`);
  expect(refused).toContain(`"instance":"urn:uuid:${id}"`);
  const pay = `${head(`content-length: ${Buffer.byteLength(order)}`)}${order}`;
  expect(await exchange(port, `${pay}}garbage\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"status":"OK"\}$/);
  expect(isSold).toBe(true);
});

test("a request is served over a real connection", async () => {
  const response = await post(await serve(sellerOf()), order);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toBe('{"partner_txn_id":"W-A-17","status":"OK"}');
});

test("text outside ASCII arrives whole", async () => {
  const port = await serve(sellerOf(({ txn_id }) => ({ status: "WRONG_PRICE", comment: txn_id })));
  const response = await post(port, order.replace("A-17", "цена €"));
  expect(await response.json()).toEqual({ status: "WRONG_PRICE", comment: "цена €" });
});

test("problems come with their media type and headers", async () => {
  const response = await fetch(`http://127.0.0.1:${await serve(sellerOf())}/pay?a=1`);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});

test("a body that announces more than the limit gets 413 before it arrives", async () => {
  const received = await exchange(await serve(sellerOf()), head("content-length: 65537"));
  expect(received).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
});

test("a body that exceeds the limit gets 413 before it ends", async () => {
  const pay = vi.fn<Provider["pay"]>();
  const port = await serve(sellerOf(pay), { maxBodyBytes: 10 });
  const received = await exchange(port, head("transfer-encoding: chunked"), "8\r\n12345678\r\n", "8\r\n12345678\r\n");
  expect(received).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
  expect(pay).not.toHaveBeenCalled();
});

test("the provider is not called when the caller goes away before its body is complete", async () => {
  const pay = vi.fn<Provider["pay"]>(() => ({ status: "WRONG_PRICE" }));
  const port = await serve(sellerOf(pay));
  const closed = new Promise((resolve) => server.once("connection", (socket) => socket.once("close", resolve)));
  const socket = connect(port, "127.0.0.1", () => {
    socket.write(head("content-length: 100") + order, () => socket.resetAndDestroy());
  });
  await closed;
  expect(pay).not.toHaveBeenCalled();
  expect((await post(port, order)).status).toBe(200);
});

test("the provider is not interrupted when the caller goes away", async () => {
  let finish = () => {};
  const steps: string[] = [];
  const port = await serve(
    sellerOf(async () => {
      steps.push("started");
      await new Promise<void>((resolve) => (finish = resolve));
      steps.push("finished");
      return { status: "WRONG_PRICE" };
    }),
  );
  const closed = new Promise((resolve) => server.once("connection", (socket) => socket.once("close", resolve)));
  const socket = connect(port, "127.0.0.1", () => socket.write(head(`content-length: ${order.length}`) + order));
  await vi.waitFor(() => expect(steps).toEqual(["started"]));
  socket.resetAndDestroy();
  await closed;
  finish();
  await vi.waitFor(() => expect(steps).toEqual(["started", "finished"]));
});

test.each([
  ["rejects", () => Promise.reject(new Error("SECRET"))],
  [
    "throws",
    () => {
      throw new Error("SECRET");
    },
  ],
])("a wrapped handler that %s becomes HTTP 500", async (_, handler) => {
  const response = await post(await serve(handler), order);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("SECRET");
});

test("an answer that HTTP cannot carry closes the connection", async () => {
  const port = await serve(async () => ({ status: 200, headers: { "x-a": "\n" }, body: "" }));
  await expect(post(port, order)).rejects.toThrow();
});

test("a wrong maxBodyBytes is a TypeError that names it", () => {
  const create = () => toNodeListener(sellerOf(), { maxBodyBytes: -1 });
  expect(create).toThrow(/option maxBodyBytes must be a positive integer, is -1/);
});
