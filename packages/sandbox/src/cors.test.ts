import { afterEach, expect, test } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "./index.ts";

let sandbox: Sandbox;

afterEach(() => sandbox?.close());

const start = async (options: SandboxOptions) => (sandbox = await startSandbox(options));

const origin = "https://docs.example";

/** What a browser asks before a page may send a call of the contract. */
const preflight = (url: string, path = "/pay") =>
  fetch(url + path, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,x-api-key",
    },
  });

const pay = (productId: number) =>
  fetch(`${sandbox.url}/pay`, {
    method: "POST",
    headers: { origin, authorization: "Bearer sandbox", "content-type": "application/json" },
    body: JSON.stringify({ product_id: productId, price: 50000, txn_id: "T" }),
  });

test("with cors, a page may send each header that the contract needs, and may read the answer", async () => {
  await start({ cors: true });
  const { status, headers } = await preflight(sandbox.url);
  expect([status, headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
  expect(headers.get("access-control-allow-methods")).toBe("POST");
  const allowed = headers.get("access-control-allow-headers")?.split(", ");
  expect(allowed).toEqual(
    expect.arrayContaining(["authorization", "content-type", "x-api-key", "signature", "signature-input"]),
  );
  const answer = await pay(1);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toMatchObject({ status: "OK" });
});

test("with cors, a page reads refusals and faults too, with their Retry-After", async () => {
  await start({ cors: true });
  const tooMany = await pay(1013);
  const { headers } = tooMany;
  expect([tooMany.status, headers.get("access-control-allow-origin")]).toEqual([429, "*"]);
  expect(headers.get("access-control-expose-headers")).toContain("retry-after");
  const unauthorized = await fetch(`${sandbox.url}/pay`, { method: "POST", headers: { origin } });
  expect([unauthorized.status, unauthorized.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
});

test("with cors, an OPTIONS that is no preflight is still refused", async () => {
  await start({ cors: true });
  expect((await fetch(`${sandbox.url}/pay`, { method: "OPTIONS" })).status).toBe(405);
});

test("without cors, a preflight is refused and no answer says that a page may read it", async () => {
  await start({});
  const refused = await preflight(sandbox.url);
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([405, null]);
  expect((await pay(1)).headers.get("access-control-allow-origin")).toBeNull();
});

test("with cors, the admin API still lets no page in", async () => {
  await start({ cors: true });
  for (const answer of [await preflight(sandbox.adminUrl, "/faults"), await preflight(sandbox.adminUrl, "/ledger")]) {
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  }
});
