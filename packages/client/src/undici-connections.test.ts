import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Agent } from "undici";
import { afterEach, expect, test } from "vitest";
import { type Client, type ClientOptions, createClient } from "./index.ts";
import { undiciFetch } from "./undici.ts";

const json = (status: number, body: object) => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
};
const soldTo = (txn_id: string) => json(200, { status: "OK", partner_txn_id: `W-${txn_id}` });
const product = { id: 1, name: "Card", price: 50_000, partner_price: 45_000 };

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

/** Serves raw bytes. It leaves a connection open whatever its client says, so that the client must close it. */
async function serve(answer: (request: string, socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let unread = "";
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    socket.on("data", (bytes) => {
      unread += bytes;
      const head = unread.indexOf("\r\n\r\n") + 4;
      if (head < 4 || unread.length < head + Number(/content-length: (\d+)/i.exec(unread)?.[1])) return;
      answer(unread, socket);
      unread = "";
    });
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1000 });
  await once(server, "listening");
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connect(baseUrl: string, options: Partial<ClientOptions> = {}): Client {
  const fetch = undiciFetch(() => new Agent());
  cleanups.unshift(() => fetch.close());
  return createClient({ baseUrl, auth: "none", fetch, ...options });
}

const pay = (client: Client, txn_id: string) => client.pay({ product_id: 1, price: 50_000, txn_id });

test("A10 undiciFetch() closes the connection of a pay after its answer, and keeps that of a check", async () => {
  const used: Record<string, Set<Socket>> = { check: new Set(), pay: new Set() };
  const closed: Promise<unknown>[] = [];
  const baseUrl = await serve((request, socket) => {
    const call = request.startsWith("POST /pay") ? "pay" : "check";
    expect(request).toMatch(call === "pay" ? /^connection: close/im : /^connection: keep-alive/im);
    used[call]?.add(socket);
    if (call === "pay") closed.push(once(socket, "close"));
    socket.write(call === "pay" ? soldTo(`${used["pay"]?.size}`) : json(200, { status: "OK", product }));
  });
  const client = connect(baseUrl);
  for (const txn_id of ["1", "2", "3"]) {
    expect(await client.check({ product_id: 1 })).toMatchObject({ outcome: "succeeded" });
    expect(await pay(client, txn_id)).toMatchObject({ outcome: "succeeded" });
  }
  expect([used["check"]?.size, used["pay"]?.size]).toEqual([1, 3]);
  await Promise.all(closed);
});

test("A10 undiciFetch() closes the connection of a pay that breaks, times out or gets too large a body", async () => {
  let end: (socket: Socket) => void;
  let closed = Promise.resolve() as Promise<unknown>;
  const baseUrl = await serve((_, socket) => {
    closed = once(socket, "close");
    end(socket);
  });
  const client = connect(baseUrl, { timeoutMs: 200, maxBodyBytes: 100 });
  for (const [reason, answer] of [
    ["connection", "HTTP/1.1 nonsense\r\n\r\n"],
    ["timeout", ""],
    ["timeout", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"],
    ["too-large", `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${" ".repeat(200)}`],
    ["redirect", "HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 5\r\n\r\n"],
  ] as const) {
    end = (socket) => void socket.write(answer);
    expect(await pay(client, "1")).toMatchObject({ outcome: "unknown", reason });
    await closed;
  }
});
