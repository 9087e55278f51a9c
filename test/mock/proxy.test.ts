import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CheckResult, Client, PayResult, StatusResult } from "@codegames/client";
import { type Mock, startProxy } from "@codegames/mock";
import { defaultCatalogue, type FaultKind, type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createProxiedClient, describeResult } from "./proxied-client.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Each product, with the results of check, pay, status, the same pay again, and status. */
const purchases: [id: bigint, price: number, ...results: string[]][] = [
  [1n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [
    2n,
    50_000,
    "rejected PRODUCT_OUT_OF_STOCK",
    "rejected PRODUCT_OUT_OF_STOCK",
    "rejected TXN_CANCELED",
    "unknown TXN_DUPLICATE",
    "rejected TXN_CANCELED",
  ],
  [3n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [4n, 1000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [5n, 4.35, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1_234_567_890n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [
    9_007_199_254_740_992n,
    1005.1,
    "succeeded OK",
    "succeeded OK",
    "succeeded OK",
    "unknown TXN_DUPLICATE",
    "succeeded OK",
  ],
  [1001n, 50_000, "succeeded OK", "unknown 500", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1008n, 50_000, "succeeded OK", "unknown 500", "absent TXN_NOT_FOUND", "succeeded OK", "succeeded OK"],
  [1009n, 50_000, "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [
    1012n,
    50_000,
    "succeeded OK",
    "unknown 500",
    "rejected TXN_CANCELED",
    "unknown TXN_DUPLICATE",
    "rejected TXN_CANCELED",
  ],
  [1013n, 50_000, "succeeded OK", "unknown 429", "absent TXN_NOT_FOUND", "succeeded OK", "succeeded OK"],
  [1015n, 50_000, "succeeded OK", "unknown OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
  [1016n, 50_000, "succeeded OK", "succeeded OK", "succeeded OK", "unknown TXN_DUPLICATE", "succeeded OK"],
];

/** Products whose answer is written in another way: `packages/sandbox/src/drift.test.ts`. */
const drifting = Array.from({ length: 11 }, (_, index) => BigInt(1019 + index));

/** Products whose answer is missing or off contract. The tests below and README.md cover them. */
const elsewhere = [1002n, 1003n, 1004n, 1005n, 1006n, 1007n, 1010n, 1011n, 1014n, 1017n, 1018n, ...drifting];

describe("prism proxy --errors between the client and the sandbox", () => {
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

  test.each(purchases)("finds no violation in a purchase of product %s at %s", async (id, price, ...expected) => {
    const { client, violations } = createProxiedClient(proxy.url);
    const order = { product_id: id, price, txn_id: `purchase-${id}` };
    const status = () => client.status({ txn_id: order.txn_id });
    const results = [
      await client.check({ product_id: id }),
      await client.pay(order),
      await status(),
      await client.pay(order),
      await status(),
    ];
    expect(results.map(describeResult)).toEqual(expected);
    expect(violations).toEqual(Array(5).fill(undefined));
  });

  test("sees every product of the sandbox, here or elsewhere", () => {
    const ids = defaultCatalogue.map(({ id }) => id);
    expect(new Set([...purchases.map(([id]) => id), ...elsewhere])).toEqual(new Set(ids));
  });

  test("finds no violation in HTTP 503 to status during a slow sale", async () => {
    const { client, violations } = createProxiedClient(proxy.url);
    const pay = client.pay({ product_id: 1018n, price: 50_000, txn_id: "slow" });
    let seen = "absent TXN_NOT_FOUND";
    // The pay has not arrived yet.
    while (seen === "absent TXN_NOT_FOUND") seen = describeResult(await client.status({ txn_id: "slow" }));
    const after = [await pay, await client.status({ txn_id: "slow" })].map(describeResult);
    expect([seen, ...after]).toEqual(["unknown 503", "succeeded OK", "succeeded OK"]);
    expect(new Set(violations)).toEqual(new Set([undefined]));
  });

  test("finds no violation in refusals, other merchants and wrong credentials", async () => {
    const { client, violations } = createProxiedClient(proxy.url);
    const other = createProxiedClient(proxy.url, "sandbox-2");
    const stranger = createProxiedClient(proxy.url, "wrong");
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
    expect(results.map(describeResult)).toEqual([
      "rejected PRODUCT_NOT_FOUND",
      "rejected PRODUCT_NOT_FOUND",
      "rejected WRONG_PRICE",
      "rejected TXN_CANCELED",
      "absent TXN_NOT_FOUND",
      "absent TXN_NOT_FOUND",
      "unknown 401",
    ]);
    expect([...violations, ...other.violations, ...stranger.violations]).toEqual(Array(8).fill(undefined));
  });

  const onContract: [kind: FaultKind, operations: (keyof Client)[]][] = [
    ["http-500", ["check", "pay", "status"]],
    ["http-503", ["check", "pay", "status"]],
    ["http-429", ["check", "pay", "status"]],
    ["wrong-product", ["check", "pay"]],
    ["missing-key", ["pay"]],
    ["duplicate", ["pay"]],
    ["not-found", ["status"]],
    ["canceled", ["status"]],
  ];
  test.each(onContract)("finds no violation in the fault %s of %j", async (kind, operations) => {
    for (const operation of operations) {
      const { violations, result } = await callWith(kind, operation);
      expect(violations).toEqual([undefined]);
      if (kind.startsWith("http-")) expect(describeResult(result)).toBe(`unknown ${kind.slice(5)}`);
    }
  });

  const offContract: [kind: FaultKind, operation: keyof Client, violation: string][] = [
    ["html", "pay", 'The received media type \\"text/html\\" does not match'],
    ["empty", "check", "Unexpected end of JSON input"],
    ["unlisted-status", "status", "must be equal to one of the allowed values: TXN_NOT_FOUND, TXN_CANCELED"],
    ["duplicate", "status", "must be equal to one of the allowed values: TXN_NOT_FOUND, TXN_CANCELED"],
    ["canceled", "pay", "must be equal to one of the allowed values: TXN_DUPLICATE, WRONG_PRICE"],
    ["http-502", "pay", "Unable to match the returned status code"],
    ["http-504", "status", "Unable to match the returned status code"],
  ];
  test.each(offContract)("reports the fault %s of %s", async (kind, operation, violation) => {
    const { violations, result } = await callWith(kind, operation);
    expect(violations).toEqual([expect.stringContaining(violation)]);
    expect(result.outcome).toBe("unknown");
  });

  const drifts = [
    ["empty-arrays", "product.addInfo must be object"],
    ["nulls", "shortDescription must be string"],
    ["zero-values", "must NOT have fewer than 1 characters"],
    ["other-literals", "must be string"],
    ["numeric-key", "must be string,null"],
    ["object-key", "must be string,null"],
    ["bare-ok", "must have required property 'partner_txn_id'"],
  ] as const;
  test.each(drifts)("reports the drift %s of pay", async (kind, violation) => {
    const { violations } = await callWith(kind, "pay");
    expect(violations).toEqual([expect.stringContaining(violation)]);
  });

  async function callWith(kind: FaultKind, operation: keyof Client) {
    const { client, violations } = createProxiedClient(proxy.url);
    sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
    const requests = {
      check: { product_id: 1n },
      pay: { product_id: 1n, price: 50_000, txn_id: `fault-${kind}` },
      status: { txn_id: "purchase-1" },
    };
    const result: CheckResult | PayResult | StatusResult = await client[operation](requests[operation] as never);
    return { result, violations };
  }

  test("reports a request that is off contract, and keeps it from the provider", async () => {
    const response = await fetch(`${proxy.url}/pay`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
      body: '{"product_id":1,"price":"50000","txn_id":"off-contract"}',
    });
    expect(await response.json()).toMatchObject({ validation: [{ location: ["body", "price"], severity: "Error" }] });
    expect(describeResult(await createProxiedClient(sandbox.url).client.status({ txn_id: "off-contract" }))).toBe(
      "absent TXN_NOT_FOUND",
    );
  });

  test("rounds an int64 above 2^53, and the client notices (D9, D10)", async () => {
    const neighbour = { product_id: 2n ** 53n + 1n };
    expect(describeResult(await createProxiedClient(sandbox.url).client.check(neighbour))).toBe(
      "rejected PRODUCT_NOT_FOUND",
    );
    expect(await createProxiedClient(proxy.url).client.check(neighbour)).toMatchObject({
      outcome: "unknown",
      reason: "mismatch",
    });
  });
});

test("prism proxy finds no violation in a replayed exact repeat", async () => {
  const sandbox = await startSandbox({ replay: true });
  const proxy = await startProxy(sandbox.url);
  const { client, violations } = createProxiedClient(proxy.url);
  const order = { product_id: 1n, price: 50_000, txn_id: "replay" };
  const [first, second] = [await client.pay(order), await client.pay(order)];
  const key = (result: PayResult) => result.outcome === "succeeded" && result.body.product?.productKey?.reveal();
  expect(key(first)).toMatch(/^SANDBOX-1-/);
  expect(key(second)).toBe(key(first));
  expect(violations).toEqual([undefined, undefined]);
  await proxy.stop();
  await sandbox.close();
});

test("prism proxy reports an answer with a single field off contract", async () => {
  let product: object = { id: 1, name: "Card", price: 50_000, partner_price: 45_000 };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ status: "OK", product }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { client, violations } = createProxiedClient(proxy.url);
  for (const wrong of [{}, { price: "50000" }, { name: "" }, { id: 1.5 }, { partner_price: 0 }]) {
    product = { ...product, price: 50_000, name: "Card", id: 1, partner_price: 45_000, ...wrong };
    await client.check({ product_id: 1n });
  }
  expect(violations[0]).toBeUndefined();
  expect(violations.slice(1).map((each) => /product\.(\w+)/.exec(each ?? "")?.[1])).toEqual([
    "price",
    "name",
    "id",
    "partner_price",
  ]);
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});
