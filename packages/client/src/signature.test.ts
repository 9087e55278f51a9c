import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import type { AuthRequest } from "./auth.ts";
import { createClient, hmac } from "./index.ts";

const secret = "a shared secret of 32 bytes, or more";
const signal = new AbortController().signal;
const request: AuthRequest = { method: "POST", url: "https://hub.example/api/pay", body: '{"txn_id":"ы"}', signal };

/** Computes the headers of RFC 9421 with node:crypto, without the code under test. */
function expectedHeaders(body: string, path: string, created: number, key: string | Uint8Array = secret) {
  const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  const input = `("@method" "@path" "content-digest");created=${created};keyid="wallet";alg="hmac-sha256"`;
  const base = `"@method": POST\n"@path": ${path}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
  const signature = createHmac("sha256", key).update(base).digest("base64");
  return { "Content-Digest": digest, "Signature-Input": `sig=${input}`, Signature: `sig=:${signature}:` };
}

test("hmac() signs method, path, time and body hash (RFC 9421)", async () => {
  const sign = hmac({ keyId: "wallet", secret, now: () => 1_618_884_473_999 });
  expect(await sign(request)).toEqual(expectedHeaders('{"txn_id":"ы"}', "/api/pay", 1_618_884_473));
  expect(await sign({ ...request, body: undefined })).toEqual(expectedHeaders("", "/api/pay", 1_618_884_473));
});

test("hmac() takes the secret as bytes, and copies them", async () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => 255 - index);
  const copy = bytes.slice();
  const sign = hmac({ keyId: "wallet", secret: bytes, now: () => 0 });
  bytes.fill(0);
  expect(await sign(request)).toEqual(expectedHeaders('{"txn_id":"ы"}', "/api/pay", 0, copy));
});

test("hmac() signs the request that a client sends", async () => {
  let sent: Request | undefined;
  const client = createClient({
    baseUrl: "https://hub.example/api",
    auth: hmac({ keyId: "wallet", secret }),
    fetch: async (url, init) => ((sent = new Request(url, init)), new Response("{}")),
  });
  await client.status({ txn_id: "A-17" });
  const created = Number(/created=(\d+)/.exec(sent?.headers.get("signature-input") ?? "")?.[1]);
  expect(Math.abs(created * 1000 - Date.now())).toBeLessThan(5000);
  const { Signature } = expectedHeaders((await sent?.text()) ?? "", "/api/status", created);
  expect(sent?.headers.get("signature")).toBe(Signature);
});

test.each([
  { keyId: "", secret },
  { keyId: 'a"b', secret },
  { keyId: "a b", secret },
  { keyId: "undefined", secret },
  { keyId: "null", secret },
  { keyId: "wallet", secret: "" },
  { keyId: "wallet", secret: "shared 15 bytes" },
  { keyId: "wallet", secret: "null" },
  { keyId: "wallet", secret: new Uint8Array(15) },
  { keyId: "wallet", secret: undefined as never },
])("hmac() refuses the unusable key %o, and the error does not quote the secret", (key) => {
  expect(() => hmac(key)).toThrow(TypeError);
  expect(() => hmac(key)).not.toThrow(/shared/);
});
