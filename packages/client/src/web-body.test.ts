import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import crossFetch from "cross-fetch";
import nodeFetch from "node-fetch";
import { afterEach, describe, expect, test } from "vitest";
import { createClient, type Fetch } from "./index.ts";

const order = { product_id: 1n, price: 50000, txn_id: "ы-17" };
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

const foreign: [string, unknown][] = [
  ["node-fetch 3", nodeFetch],
  ["cross-fetch 4, which is node-fetch 2", crossFetch],
];

describe.each(foreign)("RW7 a client over %s", (_, fetch) => {
  async function clientOf(listener: RequestListener, timeoutMs = 5000) {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return createClient({ baseUrl, auth: "none", fetch: fetch as Fetch, timeoutMs });
  }

  test("sends the JSON text and its length, and reads the answer", async () => {
    let seen = "";
    const client = await clientOf(async (request, response) => {
      for await (const chunk of request) seen += chunk;
      seen += ` ${request.headers["content-length"]} ${request.headers["transfer-encoding"]}`;
      response.end('{"status":"OK","partner_txn_id":"W5"}');
    });
    expect(await client.pay(order)).toMatchObject({ outcome: "succeeded", body: { partner_txn_id: "W5" } });
    expect(seen).toBe('{"product_id":1,"price":50000,"txn_id":"ы-17"} 47 undefined');
  });

  test("follows no redirect, reads no body that is too large, and ends at the deadline", async () => {
    const redirect = await clientOf((_, response) => response.writeHead(307, { location: "/pay" }).end());
    expect(await redirect.pay(order)).toMatchObject({ outcome: "unknown", reason: "redirect" });
    const large = await clientOf((_, response) => response.end(" ".repeat(2_000_000)));
    expect(await large.pay(order)).toMatchObject({ outcome: "unknown", reason: "too-large" });
    const silent = await clientOf(() => {}, 100);
    expect(await silent.pay(order)).toMatchObject({ outcome: "unknown", reason: "timeout" });
    const cut = await clientOf((_, response) => {
      response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
    }, 300);
    // node-fetch 2 does not notice.
    expect(await cut.pay(order)).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^(connection|timeout)$/),
    });
  });
});
