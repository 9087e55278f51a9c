import { createHash, createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { type AuthRefusal, hmac, type HandlerRequest } from "./index.ts";

const secret = "a shared secret of 32 bytes, or more";
const now = 1_700_000_000_000;
const otherSecret = Uint8Array.from({ length: 16 }, (_, index) => 255 - index);
const keys = {
  wallet: { merchant: "shop-1", secret },
  other: { merchant: "shop-2", secret: otherSecret },
};
const merchantOf = (request: HandlerRequest) => hmac(keys, { now: () => now })(request);

const order = '{"txn_id":"ы-17"}';
const digestOf = (body: string) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

interface Signed {
  body?: string;
  path?: string;
  signedPath?: string;
  components?: string;
  parameters?: string;
  key?: string | Uint8Array;
  headers?: Record<string, string>;
}

/** A request signed by hand (RFC 9421). */
function signed({
  body = order,
  path = "/api/pay",
  signedPath = path,
  components = '"@method" "@path" "content-digest"',
  parameters = ';created=1700000000;keyid="wallet";alg="hmac-sha256"',
  key = secret,
  headers = {},
}: Signed = {}): HandlerRequest {
  const digest = digestOf(body);
  const values: Record<string, string> = {
    "@method": "POST",
    "@path": signedPath,
    "content-digest": digest,
    "x-shop": "7",
  };
  const lines = [...components.matchAll(/"([^"]+)"/g)].map(([quoted, name = ""]) => `${quoted}: ${values[name]}`);
  const input = `(${components})${parameters}`;
  const signature = createHmac("sha256", key)
    .update([...lines, `"@signature-params": ${input}`].join("\n"))
    .digest("base64");
  return {
    method: "POST",
    path,
    body: Buffer.from(body),
    headers: {
      "content-digest": digest,
      "signature-input": `sig=${input}`,
      signature: `sig=:${signature}:`,
      "x-shop": "7",
      ...headers,
    },
  };
}

describe("hmac()", () => {
  test.each<[string, Signed]>([
    ["the required components", {}],
    ["more components, in another order", { components: '"content-digest" "x-shop" "@path" "@method"' }],
    ["no algorithm", { parameters: ';created=1700000000;keyid="wallet"' }],
    ["a nonce and an expiry", { parameters: ';keyid="wallet";nonce="b3k2";created=1700000000;expires=1700000300' }],
    ["parameters of no meaning", { parameters: ';created=1700000000;keyid="wallet";constructor=?1;x=:AA==:;y=a/b' }],
    ["a path with a query", { path: "/api/pay?x=1", signedPath: "/api/pay" }],
    ["a time 5 minutes ahead of the clock", { parameters: ';created=1700000300;keyid="wallet"' }],
  ])("finds the merchant of a signature with %s", (_, how) => expect(merchantOf(signed(how))).toBe("shop-1"));

  test("finds the merchant that owns the key", () => {
    expect(merchantOf(signed({ parameters: ';created=1700000000;keyid="other"', key: otherSecret }))).toBe("shop-2");
  });

  test.each<[string, HandlerRequest]>([
    ["no signature", { ...signed(), headers: {} }],
    ["another body", { ...signed(), body: Buffer.from('{"txn_id":"ы-18"}') }],
    ["a body that is too large", { ...signed(), body: "too-large" }],
    ["another path", { ...signed(), path: "/api/check" }],
    ["another method", { ...signed(), method: "PUT" }],
    ["another secret", signed({ key: "another secret" })],
    ["an unknown key id", signed({ parameters: ';created=1700000000;keyid="nobody"' })],
    ["the key id of another merchant", signed({ parameters: ';created=1700000000;keyid="other"' })],
    ["a time too long ago", signed({ parameters: ';created=1699999699;keyid="wallet"' })],
    ["an expiry in the past", signed({ parameters: ';created=1699999900;expires=1699999999;keyid="wallet"' })],
    [
      "an expiry in the past, and another inside a text",
      signed({ parameters: ';tag=";expires=9999999999";created=1699999900;expires=1699999999;keyid="wallet"' }),
    ],
    ["a time too far ahead", signed({ parameters: ';created=1700000301;keyid="wallet"' })],
    ["no time", signed({ parameters: ';keyid="wallet"' })],
    ["another algorithm", signed({ parameters: ';created=1700000000;keyid="wallet";alg="none"' })],
    ["the body not covered", signed({ components: '"@method" "@path"' })],
    ["the path not covered", signed({ components: '"@method" "content-digest"' })],
    ["an unknown derived component", signed({ components: '"@method" "@path" "content-digest" "@status"' })],
    ["a component twice", signed({ components: '"@method" "@path" "content-digest" "@path"' })],
    ["a covered header that is missing", signed({ components: '"@method" "@path" "content-digest" "x-none"' })],
    [
      "a digest other than the covered one",
      signed({ headers: { "content-digest": `sha-512=:AAAA:, ${digestOf(order)}` } }),
    ],
    ["two signatures", signed({ headers: { "signature-input": "a=(), b=()" } })],
    ["another label", signed({ headers: { signature: "other=:AAAA:" } })],
    ["noise", signed({ headers: { "signature-input": "\u0000" } })],
  ])("finds no merchant for %s", (_, request) => expect(merchantOf(request)).toBeUndefined());

  test.each<[string, HandlerRequest, AuthRefusal]>([
    [
      "how old it is",
      signed({ parameters: ';created=1699999688;keyid="wallet"' }),
      { reason: "created-too-old", detail: "created is 312 s old, must be at most 300 s" },
    ],
    [
      "the component that is missing",
      signed({ components: '"@method" "content-digest"' }),
      { reason: "missing-component", detail: 'the signature must cover "@path"' },
    ],
    [
      "the header that is missing",
      signed({ components: '"@method" "@path" "content-digest" "x-none"' }),
      { reason: "missing-header", detail: 'the signature covers "x-none", and the request has no such header' },
    ],
    [
      "the option that is missing",
      signed({ components: '"@method" "@path" "content-digest" "@authority"' }),
      { reason: "unknown-component", detail: '"@authority" is known with the option publicOrigin only' },
    ],
    [
      "the key id",
      signed({ parameters: ';created=1700000000;keyid="Wallet"' }),
      { reason: "unknown-key", detail: 'keyid "Wallet" is not known' },
    ],
    [
      "no secret that stands where the key id belongs",
      signed({ parameters: `;created=1700000000;keyid="${secret}"` }),
      { reason: "unknown-key", detail: "keyid is the secret of a key" },
    ],
    [
      "that its own clock shows no time",
      signed({ body: "x" }),
      { reason: "created-too-old", detail: "created is NaN s old, must be at most 300 s" },
    ],
    [
      "that the body is too large",
      { ...signed(), body: "too-large" },
      { reason: "body-too-large", detail: "the body is larger than maxBodyBytes" },
    ],
  ])("tells the operator %s", (_, request, refusal) => {
    const refuse = vi.fn();
    const clock = refusal.detail.includes("NaN") ? Number.NaN : now;
    expect(hmac(keys, { now: () => clock })(request, refuse)).toBeUndefined();
    expect(refuse).toHaveBeenCalledExactlyOnceWith(refusal);
  });

  test("shows at most 64 characters of what the request says", () => {
    const refuse = vi.fn();
    const request = signed({ parameters: `;created=1700000000;keyid="${"x".repeat(8000)}"` });
    expect(hmac(keys, { now: () => now })(request, refuse)).toBeUndefined();
    expect(refuse.mock.calls[0]?.[0].detail).toBe(`keyid "${"x".repeat(64)}..." is not known`);
  });

  test("reads a header of 16 kB in time, whatever is in it", () => {
    for (const part of ['"a";', "sig=(", '"\\', ' "a"', ";a=:A", ",sha-256=:"]) {
      const text = `sig=(${part.repeat(16_384 / part.length)}`;
      const start = performance.now();
      const headers = { "signature-input": text, signature: text, "content-digest": text };
      expect(merchantOf({ ...signed(), headers })).toBeUndefined();
      expect(merchantOf(signed({ headers: { "content-digest": text } }))).toBeUndefined();
      expect(performance.now() - start).toBeLessThan(100);
    }
  });

  test.each([
    "pay.example",
    "https://pay.example/api",
    "https://pay.example?x",
    "https://shop:secret-word@pay.example",
    "ftp://pay.example",
    "",
    7,
  ])("throws a TypeError for the public origin %j, without a password", (publicOrigin) => {
    const make = () => hmac(keys, { publicOrigin: publicOrigin as string });
    expect(make).toThrow(/^Cannot use hmac: publicOrigin must be like "https:\/\/pay.example"/);
    expect(make).not.toThrow(/secret-word/);
  });

  test("names the length of a secret that is too short, and what RFC 2104 advises", () => {
    const short = { wallet: { merchant: "shop-1", secret: "shared 15 bytes" } };
    expect(() => hmac(short)).toThrow(
      "Cannot use hmac: a secret must have 16 bytes or more (RFC 2104 advises 32), has 15",
    );
  });

  test("takes a signature again, also one with a nonce, until its time is over", () => {
    const again = signed({ parameters: ';created=1700000300;keyid="wallet";nonce="b3k2"' });
    const merchantAt = (seconds: number) => hmac(keys, { now: () => now + seconds * 1000 })(again);
    expect([0, 0, 600, 601].map(merchantAt)).toEqual(["shop-1", "shop-1", "shop-1", undefined]);
  });

  test.each([
    {},
    { "": keys.wallet },
    { wallet: { merchant: "", secret } },
    { undefined: keys.wallet },
    { null: keys.wallet },
    { wallet: { merchant: "shop-1", secret: "" } },
    { wallet: { merchant: "shop-1", secret: "null" } },
    { wallet: { merchant: "shop-1", secret: "undefined" } },
    { wallet: { merchant: "shop-1", secret: "shared 15 bytes" } },
    { wallet: { merchant: "shop-1", secret: new Uint8Array(15) } },
    { wallet: { merchant: "shop-1", secret: Array(32).fill("shared") as never } },
    [keys.wallet],
    new Map([["wallet", keys.wallet]]),
    new (class Keys {
      wallet = keys.wallet;
    })(),
    { wallet: { merchant: "shop-1" } as never },
    { wallet: null as never },
    null as never,
  ])("throws a TypeError for the unusable keys %o", (wrong) => {
    expect(() => hmac(wrong as never)).toThrow(TypeError);
    expect(() => hmac(wrong as never)).not.toThrow(/shared/);
  });
});
