// Long, because every rule of the sandbox is a short case over one running sandbox.
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { defaultCatalogue, readCatalogue, type Sandbox, type SandboxOptions, startSandbox } from "./index.ts";

let sandbox: Sandbox;

afterEach(() => sandbox?.close());

const start = async (options?: SandboxOptions) => (sandbox = await startSandbox(options));

const send = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(sandbox.url + path, {
    method: "POST",
    redirect: "manual",
    body: JSON.stringify(body),
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    ...init,
  });

const pay = (productId: number, txnId: string, init?: RequestInit) =>
  send("/pay", { product_id: productId, price: 50000, txn_id: txnId }, init);

const status = async (txnId: string) => {
  const response = await send("/status", { txn_id: txnId });
  return response.status === 200 ? (await response.json()).status : response.status;
};

const sales = async () => (await sandbox.ledger()).length;

const admin = (path: string, method = "GET", body?: unknown) =>
  fetch(sandbox.adminUrl + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

test.each([
  [1001, 500],
  [1006, 200],
  [1010, 502],
  [1011, 504],
  [1012, 500],
  [1017, 307],
  [1023, 200],
  [1024, 200],
  [1026, 200],
  [1027, 200],
  [1029, 200],
])("the sandbox sells product %d and answers HTTP %d", async (product, code) => {
  await start();
  expect((await pay(product, "T")).status).toBe(code);
  expect(await sales()).toBe(1);
});

test.each([1002, 1003, 1005])("the sandbox sells product %d and breaks the connection", async (product) => {
  await start();
  await expect(pay(product, "T").then((response) => response.text())).rejects.toThrow();
  expect([await sales(), await status("T")]).toEqual([1, "OK"]);
});

test.each([1004, 1007])("the sandbox sells product %d and never ends its answer", async (product) => {
  await start();
  await expect(
    pay(product, "T", { signal: AbortSignal.timeout(300) }).then((response) => response.text()),
  ).rejects.toThrow(/timeout|aborted/i);
  expect([await sales(), await status("T")]).toEqual([1, "OK"]);
});

test.each([
  [1008, 500],
  [1013, 429],
  [1028, 200],
])("the sandbox does not sell product %d, answers HTTP %d, and sells it to a repeat", async (product, code) => {
  await start();
  const response = await pay(product, "T");
  expect([response.status, await status("T"), await sales()]).toEqual([code, "TXN_NOT_FOUND", 0]);
  expect(response.headers.get("retry-after")).toBe(code === 429 ? "5" : null);
  expect((await (await pay(product, "T")).json()).status).toBe("OK");
});

test.each([
  [1009, { status: "TXN_DUPLICATE" }],
  [1014, { status: "PENDING" }],
  [1015, { status: "OK", product: { id: 1016 } }],
  [1016, { status: "OK", product: { id: 1016 } }],
])("the sandbox sells product %d and answers %j", async (product, expected) => {
  await start();
  const body = await (await pay(product, "T")).json();
  expect(body).toMatchObject(expected);
  expect([await sales(), await status("T"), "productKey" in (body.product ?? {})]).toEqual([1, "OK", product === 1015]);
});

test("each transaction gets the statuses of its magic product from the first one on", async () => {
  await start();
  for (const txnId of ["T1", "T2"]) {
    await pay(1010, txnId);
    expect([await status(txnId), await status(txnId), await status(txnId), await status(txnId)]).toEqual([
      503,
      503,
      503,
      "OK",
    ]);
  }
  await pay(1011, "T3");
  expect([await status("T3"), await status("T3"), await status("T3"), await status("T3")]).toEqual([
    ...Array(3).fill("TXN_NOT_FOUND"),
    "OK",
  ]);
  await pay(1012, "T4");
  expect([await status("T4"), await status("T4")]).toEqual(["TXN_CANCELED", "TXN_CANCELED"]);
});

test("a product whose partner always writes so does it in each status, but not to a repeated pay", async () => {
  await start();
  const bytesOf = async (response: Promise<Response>) => Buffer.from(await (await response).arrayBuffer());
  for (const product of [1019, 1020, 1021, 1022, 1025]) {
    const txnId = String(product);
    expect((await pay(product, txnId)).status).toBe(200);
    const id = (await sandbox.ledger()).find((sale) => sale.txn_id === txnId)?.partner_txn_id;
    const [first, second] = [
      await bytesOf(send("/status", { txn_id: txnId })),
      await bytesOf(send("/status", { txn_id: txnId })),
    ];
    expect(second).toEqual(first);
    expect(String(first)).not.toBe(JSON.stringify({ partner_txn_id: id, status: "OK" }));
    const repeated = await bytesOf(pay(product, txnId));
    expect(String(repeated)).toBe(JSON.stringify({ partner_txn_id: id, status: "TXN_DUPLICATE" }));
  }
});

test("faults ordered through the admin API come first, as many times as ordered", async () => {
  await start();
  expect((await admin("/faults", "POST", { operation: "check", kind: "http-502", times: 2 })).status).toBe(201);
  await admin("/faults", "POST", { operation: "pay", kind: "drop", isServed: false });
  const checks = await Promise.all([1, 2, 3].map(async () => (await send("/check", { product_id: 1 })).status));
  expect(checks.toSorted()).toEqual([200, 502, 502]);
  await expect(pay(1, "T")).rejects.toThrow();
  expect([await status("T"), await (await admin("/faults")).json()]).toEqual(["TXN_NOT_FOUND", []]);
  await admin("/faults", "POST", { operation: "pay", kind: "html" });
  await admin("/faults", "DELETE");
  expect((await pay(1, "T")).headers.get("content-type")).toBe("application/json");
});

test("the admin API changes products, and shows the ledger with int64 as strings", async () => {
  await start();
  await admin("/products/2", "PATCH", { price: 7, addKeys: 1 });
  expect(await (await send("/pay", { product_id: 2, price: 7, txn_id: "T" })).json()).toMatchObject({ status: "OK" });
  expect(await (await admin("/ledger")).json()).toEqual([
    {
      partner_txn_id: expect.any(String),
      merchant: "shop-1",
      txn_id: "T",
      product_id: "2",
      price: 7,
      key: "SANDBOX-2-1",
    },
  ]);
});

test.each([
  [
    "POST",
    "/faults",
    { operation: "buy", kind: "html" },
    400,
    /operation must be one of check, pay, status; got "buy"/,
  ],
  ["POST", "/faults", { operation: "pay", kind: "fire" }, 400, /kind must be one of http-500, /],
  ["POST", "/faults", { operation: "pay", kind: "html", times: 0 }, 400, /times must be a whole number from 1; got 0/],
  ["POST", "/faults", { operation: "pay", kind: "html", isServed: "no" }, 400, /isServed must be a boolean/],
  ["POST", "/faults", { operation: "pay", kind: "html", time: 1 }, 400, /time is not known; allowed: operation/],
  ["PATCH", "/products/1", { price: -1 }, 400, /price must be a number above 0; got -1/],
  ["PATCH", "/products/1", { cost: 1 }, 400, /cost is not known; allowed: price, addKeys/],
  ["PATCH", "/products/77", { price: 1 }, 404, /There is no product 77/],
  ["PATCH", "/products/9999999999999999999", { price: 1 }, 404, /There is no PATCH/],
  ["PATCH", "/products/1", null, 400, /The body must be a JSON object/],
  ["POST", "/faults", [], 400, /The body must be a JSON object/],
  ["GET", "/sales", undefined, 404, /There is no GET \/sales; there are GET \/ledger/],
])("the admin API refuses %s %s %j", async (method, path, body, code, message) => {
  await start();
  const response = await admin(path, method, body);
  expect([response.status, (await response.json()).error]).toEqual([code, expect.stringMatching(message)]);
});

test("the admin API refuses a Host that is no name of loopback", async () => {
  await start();
  const { port } = new URL(sandbox.adminUrl);
  const code = await new Promise((resolve) =>
    request({ host: "127.0.0.1", port, path: "/ledger", headers: { host: "evil.example" } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end(),
  );
  expect(code).toBe(403);
});

test("a page in a browser cannot use the admin API", async () => {
  await start();
  const headers = { origin: "https://evil.example", "content-type": "text/plain" };
  const response = await fetch(`${sandbox.adminUrl}/faults`, {
    method: "POST",
    headers,
    body: '{"operation":"pay","kind":"html"}',
  });
  expect([response.status, sandbox.faults.list()]).toEqual([403, []]);
});

test("a sale does not undo a price change that happens meanwhile", async () => {
  await start();
  const paying = pay(1018, "T");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await admin("/products/1", "PATCH", { price: 60000 })).status).toBe(200);
  expect((await (await paying).json()).status).toBe("OK");
  expect(await (await send("/check", { product_id: 1 })).json()).toMatchObject({ product: { price: 60000 } });
});

test("a sandbox with a database file keeps its sales and prices over a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "codegames-sandbox-"));
  try {
    await start({ database: join(folder, "shop.db") });
    await pay(1, "T");
    await pay(1012, "T2");
    await pay(1001, "T3");
    await admin("/products/1", "PATCH", { price: 9 });
    const before = await sandbox.ledger();
    await sandbox.close();
    await start({ database: join(folder, "shop.db") });
    expect(await sandbox.ledger()).toEqual(before);
    expect([await status("T"), await status("T2"), (await (await pay(1001, "T3")).json()).status]).toEqual([
      "OK",
      "TXN_CANCELED",
      "TXN_DUPLICATE",
    ]);
    expect(await (await send("/check", { product_id: 1 })).json()).toMatchObject({ product: { price: 9 } });
    await sandbox.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("readCatalogue() reads JSON, and its error names the place of a wrong value", async () => {
  const folder = await mkdtemp(join(tmpdir(), "codegames-catalogue-"));
  const file = join(folder, "catalogue.json");
  const read = (text: string) => (writeFileSync(file, text), () => readCatalogue(file));
  const valid = { id: "9223372036854775807", name: "Card", price: 1.5, partner_price: 1, keys: "none" };
  expect(read(JSON.stringify([valid]))()).toEqual([{ ...valid, id: 2n ** 63n - 1n }]);
  const refusals: [object, RegExp][] = [
    [
      { ...valid, id: "9223372036854775808" },
      /\[0\]\.id must be a string of digits below 2\^63 or a safe integer, is "9223372036854775808"/,
    ],
    [{ ...valid, price: 0 }, /\[0\]\.price must be a number above 0, is 0/],
    [{ ...valid, keys: -1 }, /\[0\]\.keys must be a whole number from 0 or "none", is -1/],
    [{ ...valid, name: "" }, /\[0\]\.name must be a text/],
  ];
  for (const [product, message] of refusals) expect(read(JSON.stringify([product]))).toThrow(message);
  expect(read("{}")).toThrow(/must be an array/);
  expect(read("[")).toThrow(/Cannot read the catalogue .*catalogue\.json: /);
  await rm(folder, { recursive: true });
});

test("a product of a custom catalogue is an ordinary one, even under a magic id", async () => {
  await start({ catalogue: [{ id: 1001n, name: "Card", price: 50000, partner_price: 1, keys: 1 }] });
  expect(await (await pay(1001, "T")).json()).toMatchObject({ status: "OK" });
});

test("startSandbox() rejects when a port is in use, and leaves nothing open", async () => {
  await start();
  const port = Number(new URL(sandbox.url).port);
  await expect(startSandbox({ port, catalogue: defaultCatalogue })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("onRefused is told why a call got HTTP 401, once a call, also with faults ordered", async () => {
  const onRefused = vi.fn();
  await start({ onRefused });
  sandbox.faults.order({ operation: "pay", kind: "http-503", isServed: true, times: 1 });
  expect((await pay(1, "T", { headers: { authorization: "Bearer guess" } })).status).toBe(401);
  expect((await pay(1, "T")).status).toBe(503);
  expect(onRefused).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: "wrong-credentials" }), {
    operationId: "pay",
    requestId: expect.any(String),
  });
});
