import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bearer, type CheckResult, createClient, type PayResult, type StatusResult } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { newDatabase } from "@codegames/database";
import { openRetryQueue, type Settlement } from "@codegames/retry-queue";
import { type FaultKind, type Sandbox, startSandbox } from "@codegames/sandbox";
import { createHandler, type Provider, toNodeListener } from "@codegames/server";
import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

// How honest partners write the protocol, by the numbers (RW) of the kinds that were found in public issues of SDKs,
// JSON and HTTP libraries. RW11 to RW19 and RW24 to RW29 are about the provider and the queue.

let sandbox: Sandbox;
const agents = undiciFetch(() => new Agent());
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await agents.close();
  await sandbox.close();
});

const clientOf = (options: Partial<Parameters<typeof createClient>[0]> = {}) =>
  createClient({ baseUrl: sandbox.url, auth: bearer("sandbox"), ...options });

const keyOf = (result: PayResult | StatusResult) =>
  result.outcome === "succeeded" ? result.body.product?.productKey?.reveal() : undefined;

const soldKey = async (txnId: string) => (await sandbox.ledger()).find(({ txn_id }) => txn_id === txnId)?.key;

const deviationsOf = (result: CheckResult | PayResult | StatusResult) =>
  "deviations" in result ? result.deviations.map(({ pointer, actual }) => `${pointer}: ${actual}`) : [];

/** Plays a kind of answer to one call, served by the shop first. */
const play = (operation: "check" | "pay" | "status", kind: FaultKind) =>
  sandbox.faults.order({ operation, kind, isServed: true, times: 1 });

const written: [row: string, product: bigint, kind: FaultKind][] = [
  ["RW1 an empty object as a list", 1019n, "empty-arrays"],
  ["RW2 nulls in optional members", 1020n, "nulls"],
  ["RW3 empty texts and zeros", 1021n, "zero-values"],
  ["RW4 numbers in quotes, and a numeric id", 1022n, "other-literals"],
  ["RW5 a declared charset", 1025n, "windows-1251"],
];

describe.each(written)("%s", (row, product_id, kind) => {
  test("is sold, with its key, by pay and by status", async () => {
    const hub = clientOf();
    const order = { product_id, price: 50000, txn_id: row };
    const paid = await hub.pay(order);
    expect(paid.outcome).toBe("succeeded");
    expect(keyOf(paid)).toBe(await soldKey(row));
    expect((await hub.status(order)).outcome).toBe("succeeded");
  });

  test("is checked, refused and not found as the provider means", async () => {
    const hub = clientOf();
    const order = { product_id: 1n, price: 50000, txn_id: `${row}, refused` };
    play("check", kind);
    const check = await hub.check(order);
    expect(check.outcome === "succeeded" && check.body.product.price).toBe(50000);
    play("pay", kind);
    expect(await hub.pay({ ...order, price: 1 })).toMatchObject({ outcome: "rejected", status: "WRONG_PRICE" });
    play("status", kind);
    expect(await hub.status(order)).toMatchObject({ outcome: "rejected", status: "TXN_CANCELED" });
    play("status", kind);
    expect(await hub.status({ txn_id: `${row}, never paid` })).toMatchObject({ outcome: "absent" });
  });
});

test("RW4 a key that came as a number of 20 digits is exact, and its body is kept for a person", async () => {
  const result = await clientOf().pay({ product_id: 1023n, price: 50000, txn_id: "RW4 key" });
  expect(keyOf(result)).toMatch(/^\d{20}$/);
  expect(deviationsOf(result)).toEqual(["/product/productKey: a number"]);
  expect(result).toMatchObject({ unread: { lacksSecret: false, isCut: false } });
});

test("RW6 a paid answer behind a warning of PHP is unknown, and what came is kept as a secret", async () => {
  const result = await clientOf().pay({ product_id: 1026n, price: 50000, txn_id: "RW6" });
  expect(result).toMatchObject({ outcome: "unknown", reason: "malformed" });
  const kept = result.outcome === "unknown" ? new TextDecoder().decode(result.unread?.body.reveal()) : "";
  expect(kept).toContain(await soldKey("RW6"));
  expect(JSON.stringify(result)).not.toContain(await soldKey("RW6"));
});

test("RW6 a sale whose key is an object is sold with the key missing, and what came is kept", async () => {
  const result = await clientOf().pay({ product_id: 1024n, price: 50000, txn_id: "RW6 object" });
  expect(result).toMatchObject({ outcome: "succeeded", unread: { lacksSecret: true } });
  expect(keyOf(result)).toBeUndefined();
});

test("RW6 a health page's OK sells nothing", async () => {
  const result = await clientOf().pay({ product_id: 1028n, price: 50000, txn_id: "RW6 health" });
  expect(result).toMatchObject({ outcome: "unknown", reason: "malformed" });
});

test.each([6000, 6667, 10080])("RW8 a base URL on port %d, which Fetch blocks, is refused with the port", (port) => {
  expect(() => clientOf({ baseUrl: `http://127.0.0.1:${port}` })).toThrow(String(port));
});

test("RW9 a time that Fetch does not keep is refused with what to do, and undiciFetch keeps it", () => {
  expect(() => clientOf({ timeoutMs: 400_000 })).toThrow("undiciFetch");
  expect(() => clientOf({ timeoutMs: 400_000, fetch: agents })).not.toThrow();
});

test("RW10 a compressed answer is unpacked, by the platform's fetch and by undiciFetch", async () => {
  for (const [name, fetch] of Object.entries({ platform: undefined, undici: agents })) {
    const txn_id = `RW10 ${name}`;
    const result = await clientOf(fetch && { fetch }).pay({ product_id: 1027n, price: 50000, txn_id });
    expect([result.outcome, keyOf(result)]).toEqual(["succeeded", await soldKey(txn_id)]);
  }
});

test("RW23 an answer that comes twice is not taken for the answer to the next pay", async () => {
  const hub = clientOf({ fetch: agents });
  const twice = await hub.pay({ product_id: 1029n, price: 50000, txn_id: "RW23 first" });
  const next = await hub.pay({ product_id: 1n, price: 50000, txn_id: "RW23 next" });
  expect([keyOf(twice), keyOf(next)]).toEqual([await soldKey("RW23 first"), await soldKey("RW23 next")]);
});

test("RW28 the client's README says to try mutual TLS with check first, since a pay proves nothing", () => {
  const readme = readFileSync(new URL("../../packages/client/README.md", import.meta.url), "utf8");
  expect(readme).toContain("Try mutual TLS with `check` first");
});

test.each([129, 130, 3000])("a partner_txn_id of %i characters is sold, and settles", async (length) => {
  const idOf = (txnId: string) => txnId.padStart(length, "W");
  const product = { id: 1n, name: "Card", price: 5, productKey: "KEY" };
  const provider: Provider = {
    check: () => ({ status: "PRODUCT_NOT_FOUND" }),
    pay: ({ txn_id }) => ({ status: "OK", partner_txn_id: idOf(txn_id), product }),
    status: ({ txn_id }) => ({ status: "OK", partner_txn_id: idOf(txn_id) }),
  };
  const server = createServer(toNodeListener(createHandler(provider, { auth: "none" }))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const hub = clientOf({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const order = { product_id: 1n, price: 5, txn_id: `long-${length}` };
  for (const result of [await hub.pay(order), await hub.status(order)]) {
    expect(result).toMatchObject({ outcome: "succeeded", body: { partner_txn_id: idOf(order.txn_id) } });
  }
  const settled: Settlement[] = [];
  const queue = await openRetryQueue({
    client: hub,
    database: await newDatabase(inject("databaseUrl")),
    onSettled: async (settlement) => void settled.push(settlement),
  });
  const queued = { ...order, txn_id: `queued-${length}` };
  await queue.pay(queued);
  await queue.stop();
  server.closeAllConnections();
  server.close();
  expect(settled).toMatchObject([{ outcome: "succeeded", partner_txn_id: idOf(queued.txn_id), isKeyMissing: false }]);
});
