import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bearer, type CheckResult, type Client, createClient, type PayResult, type StatusResult } from "@codegames/client";
import { type Mock, startProxy } from "@codegames/mock";
import { defaultCatalogue, type FaultKind, type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** A client behind Prism, and what Prism had to say of each of its calls; undefined where all was in order. */
interface Judged {
  client: Client;
  complaints: (string | undefined)[];
}

/** Sends through Prism and keeps what it finds wrong: `sl-violations` of an answer that it passed on or refused, or an answer of its own. */
function judgedClient(baseUrl: string, token = "sandbox"): Judged {
  const complaints: Judged["complaints"] = [];
  const client = createClient({
    baseUrl,
    auth: bearer(token),
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const text = await response.clone().text();
      // A type of Prism's own, or that of an exception.
      const isOwn = /"type":"(https:\/\/stoplight\.io\/prism[^"]*|\w*Error)"/.test(text);
      complaints.push(response.headers.get("sl-violations") ?? (isOwn ? text : undefined));
      return response;
    },
  });
  return { client, complaints };
}

const told = (result: CheckResult | PayResult | StatusResult) =>
  [result.outcome, ("status" in result && result.status) || ("httpStatus" in result && result.httpStatus) || ("reason" in result && result.reason)].join(" ");

/** What a purchase sees: check, pay, status, the same pay again, status. */
const purchases: [id: bigint, price: number, ...seen: string[]][] = [
  [1n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [2n, 50_000, "rejected PRODUCT_OUT_OF_STOCK", "rejected PRODUCT_OUT_OF_STOCK", "rejected TXN_CANCELED", "unknown TXN_DUPLICATE", "rejected TXN_CANCELED"],
  [3n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [4n, 1000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [5n, 4.35, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1_234_567_890n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [9_007_199_254_740_992n, 1005.1, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1001n, 50_000, "succeeded OK", "unknown 500", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1008n, 50_000, "succeeded OK", "unknown 500", "absent TXN_NOT_FOUND", "succeeded OK", "succeeded OK"],
  [1009n, 50_000, "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1012n, 50_000, "succeeded OK", "unknown 500", "rejected TXN_CANCELED", "unknown TXN_DUPLICATE", "rejected TXN_CANCELED"],
  [1013n, 50_000, "succeeded OK", "unknown 429", "absent TXN_NOT_FOUND", "succeeded OK", "succeeded OK"],
  [1015n, 50_000, "succeeded OK", "unknown OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1016n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
];

/** Products whose answer is no answer, or not one of the contract: below, or in README.md. */
const elsewhere = [1002n, 1003n, 1004n, 1005n, 1006n, 1007n, 1010n, 1011n, 1014n, 1017n, 1018n];

describe("real traffic between the client and the sandbox, judged by prism proxy --errors", () => {
  let sandbox: Sandbox;
  let proxy: Mock;
  beforeAll(async () => {
    sandbox = await startSandbox();
    proxy = await startProxy(sandbox.url);
  });
  afterAll(async () => {
    await proxy.stop();
    await sandbox.close();
  });
  afterEach(() => sandbox.faults.clear());

  test.each(purchases)("product %s at %s is in order from check to the second status", async (id, price, ...seen) => {
    const { client, complaints } = judgedClient(proxy.url);
    const order = { product_id: id, price, txn_id: `purchase-${id}` };
    const status = () => client.status({ txn_id: order.txn_id });
    const results = [await client.check({ product_id: id }), await client.pay(order), await status(), await client.pay(order), await status()];
    expect(results.map(told)).toEqual(seen);
    expect(complaints).toEqual(Array(5).fill(undefined));
  });

  test("no product of the sandbox is left out", () => {
    const ids = defaultCatalogue.map(({ id }) => id);
    expect(new Set([...purchases.map(([id]) => id), ...elsewhere])).toEqual(new Set(ids));
  });

  test("a sale that takes its time is HTTP 503 to status meanwhile, in order", async () => {
    const { client, complaints } = judgedClient(proxy.url);
    const pay = client.pay({ product_id: 1018n, price: 50_000, txn_id: "slow" });
    let seen = "absent TXN_NOT_FOUND";
    // Until the pay has arrived.
    while (seen === "absent TXN_NOT_FOUND") seen = told(await client.status({ txn_id: "slow" }));
    expect([seen, told(await pay), told(await client.status({ txn_id: "slow" }))]).toEqual(["unknown 503", "succeeded OK", "succeeded OK"]);
    expect(new Set(complaints)).toEqual(new Set([undefined]));
  });

  test("refusals, other merchants and wrong credentials are in order", async () => {
    const { client, complaints } = judgedClient(proxy.url);
    const other = judgedClient(proxy.url, "sandbox-2");
    const stranger = judgedClient(proxy.url, "wrong");
    await client.pay({ product_id: 1n, price: 50_000, txn_id: "theirs" });
    const results = [
      await client.check({ product_id: 404n }),
      await client.pay({ product_id: 404n, price: 1, txn_id: "unknown-product" }),
      await client.pay({ product_id: 1n, price: 50_000.01, txn_id: "wrong-price" }),
      await client.status({ txn_id: "wrong-price" }),
      await client.status({ txn_id: "never sent: ы" }),
      await other.client.status({ txn_id: "theirs" }),
      await stranger.client.pay({ product_id: 1n, price: 50_000, txn_id: "strange" }),
    ];
    expect(results.map(told)).toEqual([
      "rejected PRODUCT_NOT_FOUND", "rejected PRODUCT_NOT_FOUND", "rejected WRONG_PRICE", "rejected TXN_CANCELED", "absent TXN_NOT_FOUND", "absent TXN_NOT_FOUND", "unknown 401",
    ]);
    expect([...complaints, ...other.complaints, ...stranger.complaints]).toEqual(Array(8).fill(undefined));
  });

  const inOrder: [kind: FaultKind, operations: (keyof Client)[]][] = [
    ["http-500", ["check", "pay", "status"]], ["http-503", ["check", "pay", "status"]], ["http-429", ["check", "pay", "status"]],
    ["wrong-product", ["check", "pay"]], ["missing-key", ["pay"]], ["duplicate", ["pay"]], ["not-found", ["status"]], ["canceled", ["status"]],
  ];
  test.each(inOrder)("the fault %s of %j is one that the contract knows", async (kind, operations) => {
    for (const operation of operations) {
      const { complaints, result } = await callWith(kind, operation);
      expect(complaints).toEqual([undefined]);
      if (kind.startsWith("http-")) expect(told(result)).toBe(`unknown ${kind.slice(5)}`);
    }
  });

  const offContract: [kind: FaultKind, operation: keyof Client, complaint: string][] = [
    ["html", "pay", "The received media type \\\"text/html\\\" does not match"],
    ["empty", "check", "Unexpected end of JSON input"],
    ["unlisted-status", "status", "must be equal to one of the allowed values: TXN_NOT_FOUND, TXN_CANCELED"],
    ["duplicate", "status", "must be equal to one of the allowed values: TXN_NOT_FOUND, TXN_CANCELED"],
    ["canceled", "pay", "must be equal to one of the allowed values: TXN_DUPLICATE, WRONG_PRICE"],
    ["http-502", "pay", "Unable to match the returned status code"],
    ["http-504", "status", "Unable to match the returned status code"],
  ];
  test.each(offContract)("the fault %s of %s is reported", async (kind, operation, complaint) => {
    const { complaints, result } = await callWith(kind, operation);
    expect(complaints).toEqual([expect.stringContaining(complaint)]);
    expect(result.outcome).toBe("unknown");
  });

  async function callWith(kind: FaultKind, operation: keyof Client) {
    const { client, complaints } = judgedClient(proxy.url);
    sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
    const request = { check: { product_id: 1n }, pay: { product_id: 1n, price: 50_000, txn_id: `fault-${kind}` }, status: { txn_id: "purchase-1" } };
    return { result: await client[operation](request[operation] as never) as CheckResult | PayResult | StatusResult, complaints };
  }

  test("a request that is off contract is reported, and does not reach the provider", async () => {
    const response = await fetch(`${proxy.url}/pay`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
      body: '{"product_id":1,"price":"50000","txn_id":"off-contract"}',
    });
    expect(await response.json()).toMatchObject({ validation: [{ location: ["body", "price"], severity: "Error" }] });
    expect(told(await judgedClient(sandbox.url).client.status({ txn_id: "off-contract" }))).toBe("absent TXN_NOT_FOUND");
  });

  test("an int64 above 2^53 is not what Prism passes on, and the client notices (D9, D10)", async () => {
    const neighbour = { product_id: 2n ** 53n + 1n };
    expect(told(await judgedClient(sandbox.url).client.check(neighbour))).toBe("rejected PRODUCT_NOT_FOUND");
    expect(await judgedClient(proxy.url).client.check(neighbour)).toMatchObject({ outcome: "unknown", reason: "mismatch" });
  });
});

test("an exact repeat that a provider replays is in order", async () => {
  const sandbox = await startSandbox({ replay: true });
  const proxy = await startProxy(sandbox.url);
  const { client, complaints } = judgedClient(proxy.url);
  const order = { product_id: 1n, price: 50_000, txn_id: "replay" };
  const [first, second] = [await client.pay(order), await client.pay(order)];
  const key = (result: PayResult) => result.outcome === "succeeded" && result.body.product?.productKey?.reveal();
  expect(key(first)).toMatch(/^SANDBOX-1-/);
  expect(key(second)).toBe(key(first));
  expect(complaints).toEqual([undefined, undefined]);
  await proxy.stop();
  await sandbox.close();
});

test("an answer that is off contract in one field alone is reported", async () => {
  let product: object = { id: 1, name: "Card", price: 50_000, partner_price: 45_000 };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ status: "OK", product }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { client, complaints } = judgedClient(proxy.url);
  for (const wrong of [{}, { price: "50000" }, { name: "" }, { id: 1.5 }, { partner_price: 0 }]) {
    product = { ...product, price: 50_000, name: "Card", id: 1, partner_price: 45_000, ...wrong };
    await client.check({ product_id: 1n });
  }
  expect(complaints[0]).toBeUndefined();
  expect(complaints.slice(1).map((each) => /product\.(\w+)/.exec(each ?? "")?.[1])).toEqual(["price", "name", "id", "partner_price"]);
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});
