import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { apiKey, type Authenticate, basic, bearer } from "./auth.ts";

const merchantOf = (authenticate: Authenticate, headers: Record<string, string>) =>
  authenticate({ method: "POST", path: "/pay", headers, body: new Uint8Array() });

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("bearer()", () => {
  const auth = bearer({ "t-1": "shop-1", "t-2": "shop-2", "t-1-new": "shop-1" });

  test.each([
    ["Bearer t-1", "shop-1"],
    ["bearer  t-2", "shop-2"],
    ["Bearer t-1-new", "shop-1"],
    ["Bearer t-3", undefined],
    ["Bearer t-", undefined],
    ["Bearer T-1", undefined],
    ["Bearer ", undefined],
    ["Basic t-1", undefined],
    ["t-1", undefined],
    ["Bearer t-1 t-2", undefined],
  ])("finds for %j the merchant %j", (authorization, merchant) =>
    expect(merchantOf(auth, { authorization })).toBe(merchant),
  );

  test("finds no merchant without the header", () => expect(merchantOf(auth, {})).toBeUndefined());
});

test("basic() compares user and password in UTF-8", () => {
  const auth = basic({ "магазин:p:ä": "shop-1" });
  expect(merchantOf(auth, { authorization: `Basic ${base64("магазин:p:ä")}` })).toBe("shop-1");
  expect(merchantOf(auth, { authorization: `Basic ${base64("магазин:p")}` })).toBeUndefined();
  expect(merchantOf(auth, { authorization: "Basic" })).toBeUndefined();
  expect(auth.challenge).toBe('Basic realm="api", charset="UTF-8"');
});

test("apiKey() reads X-API-Key or the given header", () => {
  expect(merchantOf(apiKey({ k1: "shop-1" }), { "x-api-key": "k1" })).toBe("shop-1");
  expect(merchantOf(apiKey({ k1: "shop-1" }, "X-Shop-Key"), { "x-shop-key": "k1" })).toBe("shop-1");
  expect(merchantOf(apiKey({ k1: "shop-1" }, "X-Shop-Key"), { "x-api-key": "k1" })).toBeUndefined();
});

test.each<[Authenticate, Record<string, string>, string, string]>([
  [bearer({ t: "shop-1" }), {}, "no-credentials", "one header Authorization with the scheme Bearer"],
  [bearer({ t: "shop-1" }), { authorization: "Basic eA==" }, "no-credentials", "Bearer"],
  [bearer({ t: "shop-1" }), { authorization: "Bearer GUESS" }, "wrong-credentials", "Bearer"],
  [basic({ "a:b": "shop-1" }), {}, "no-credentials", "one header Authorization with the scheme Basic"],
  [basic({ "a:b": "shop-1" }), { authorization: `Basic ${base64("a:GUESS")}` }, "wrong-credentials", "Basic"],
  [apiKey({ k: "shop-1" }), {}, "no-credentials", "one header X-API-Key"],
  [apiKey({ k: "shop-1" }, "X-Shop"), { "x-shop": "GUESS" }, "wrong-credentials", "X-Shop"],
])("a refusal names the reason and the header, and never the credential: %#", (auth, headers, reason, detail) => {
  const refuse = vi.fn();
  expect(auth({ method: "POST", path: "/pay", headers, body: new Uint8Array() }, refuse)).toBeUndefined();
  expect(refuse).toHaveBeenCalledExactlyOnceWith({ reason, detail: expect.stringContaining(detail) });
  expect(JSON.stringify(refuse.mock.calls)).not.toMatch(/GUESS|R1VFU1M/);
});

describe("a credential that is given as its SHA-256", () => {
  const hash = hashOf("t-1");

  test("lets in who sends the credential, with bearer, basic and apiKey", () => {
    const authorization = `Basic ${base64("a:b")}`;
    expect(merchantOf(bearer({ [`sha256:${hash}`]: "shop-1" }), { authorization: "Bearer t-1" })).toBe("shop-1");
    expect(merchantOf(basic({ [`sha256:${hashOf("a:b")}`]: "shop-1" }), { authorization })).toBe("shop-1");
    expect(merchantOf(apiKey({ [`sha256:${hash}`]: "shop-1" }), { "x-api-key": "t-1" })).toBe("shop-1");
  });

  test("may be in capitals, and stand beside the same credential in clear", () => {
    const auth = bearer({ [`sha256:${hash.toUpperCase()}`]: "shop-1", "t-1": "shop-1", "t-2": "shop-2" });
    expect(merchantOf(auth, { authorization: "Bearer t-1" })).toBe("shop-1");
    expect(merchantOf(auth, { authorization: "Bearer t-2" })).toBe("shop-2");
  });

  test("does not let in who has read the hash", () => {
    const auth = bearer({ [`sha256:${hash}`]: "shop-1" });
    for (const guess of [hash, `sha256:${hash}`]) {
      expect(merchantOf(auth, { authorization: `Bearer ${guess}` })).toBeUndefined();
    }
    const authorization = `Basic ${base64(`sha256:${hash}`)}`;
    expect(merchantOf(basic({ [`sha256:${hash}`]: "shop-1" }), { authorization })).toBeUndefined();
  });

  test("can be a token that looks like a hash", () => {
    const token = `sha256:${hash}`;
    const auth = bearer({ [`sha256:${hashOf(token)}`]: "shop-1" });
    expect(merchantOf(auth, { authorization: `Bearer ${token}` })).toBe("shop-1");
  });

  test.each([
    `sha256:${hash.slice(1)}`,
    `sha256:${hash}0`,
    `sha256:${hash.replace(/.$/, "g")}`,
    `sha256: ${hash}`,
    `sha-256:${hash}`,
    `sha256-${Buffer.from(hash, "hex").toString("base64")}`,
    `SHA256=${hash}`,
    "sha256:",
  ])("is refused when it is not well-formed, and not taken for a credential in clear: %s", (wrong) => {
    const message = /^Cannot use \w+: a hash must be "sha256:" and 64 hexadecimal digits, one is not$/;
    for (const build of [bearer, basic, apiKey]) expect(() => build({ [wrong]: "shop-1" })).toThrow(message);
  });

  test.each(["", "\n", ":", "undefined", "null\n"])("is refused when it is that of the unset %j", (text) => {
    expect(() => apiKey({ [`sha256:${hashOf(text)}`]: "shop-1" })).toThrow("an empty text, or of an unset variable");
  });

  test("cannot belong to two merchants", () => {
    expect(() => bearer({ [`sha256:${hash}`]: "shop-1", "t-1": "shop-2" })).toThrow("two merchants");
  });
});

describe("a list of credentials", () => {
  class Tokens {
    token = "SECRET";
  }
  test.each<[unknown, string]>([
    [["SECRET"], "an array"],
    [JSON.parse('["SECRET"]'), "an array"],
    [new Map([["SECRET", "shop-1"]]), "an instance of Map"],
    [new Set(["SECRET"]), "an instance of Set"],
    [new Tokens(), "an instance of Tokens"],
    [new URLSearchParams("SECRET=shop-1"), "an instance of URLSearchParams"],
    [Object.create({ SECRET: "shop-1" }), "an instance of Object"],
    [Buffer.from("SECRET"), "an instance of Buffer"],
    [Object.assign(() => {}, { SECRET: "shop-1" }), "a function"],
    [runInNewContext('["SECRET"]'), "an array"],
    [null, "null"],
    [undefined, "a undefined"],
  ])("is refused by bearer, basic and apiKey: %s", (wrong, kind) => {
    for (const build of [bearer, basic, apiKey]) {
      expect(() => build(wrong as never)).toThrow(TypeError);
      expect(() => build(wrong as never)).toThrow(`to a merchant, is ${kind}`);
      expect(() => build(wrong as never)).not.toThrow(/SECRET/);
    }
  });

  test("is none when the object has no prototype, or is of another realm", () => {
    for (const plain of [Object.assign(Object.create(null), { t: "shop-1" }), runInNewContext('({ t: "shop-1" })')]) {
      expect(merchantOf(bearer(plain), { authorization: "Bearer t" })).toBe("shop-1");
    }
  });
});

test.each([
  ["bearer", bearer, (token: string) => ({ authorization: `Bearer ${token}` })],
  ["basic", basic, (token: string) => ({ authorization: `Basic ${base64(token)}` })],
  ["apiKey", apiKey, (token: string) => ({ "x-api-key": token })],
] as const)("%s() looks one of 100,000 credentials up as fast as the only one", (_, build, headersOf) => {
  const tokens = Array.from({ length: 100_000 }, (_, index) => `user:token-${index}`);
  const many = build(Object.fromEntries(tokens.map((token) => [token, "shop-1"])));
  const one = build({ "user:token-0": "shop-1" });
  const fastest = { many: Infinity, one: Infinity };
  // The fastest of 200 turns is the one that nothing disturbed. To compare all 100,000 would take thousands of times as
  // long, so that the factor leaves room on every machine.
  for (let turn = 0; turn < 200; turn++) {
    for (const [name, auth] of Object.entries({ many, one })) {
      const headers = headersOf(`user:guess-${turn}`);
      const start = performance.now();
      void merchantOf(auth, headers);
      fastest[name as keyof typeof fastest] = Math.min(
        fastest[name as keyof typeof fastest],
        performance.now() - start,
      );
    }
  }
  console.log(`one: ${fastest.one.toFixed(4)} ms, 100,000: ${fastest.many.toFixed(4)} ms`);
  expect(fastest.many).toBeLessThan(20 * fastest.one);
  expect(merchantOf(many, headersOf("user:token-99999"))).toBe("shop-1");
});

test("bearer(), basic() and apiKey() say that they do not read the body", () => {
  expect([bearer({ t: "s" }), basic({ "a:b": "s" }), apiKey({ k: "s" })].map(({ readsBody }) => readsBody)).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  [bearer({ t: "shop-1" }), { authorization: ["Bearer t", "Bearer t"] }, "one header Authorization"],
  [basic({ "a:b": "shop-1" }), { authorization: [`Basic ${base64("a:b")}`, "Basic x"] }, "one header Authorization"],
  [apiKey({ k: "shop-1" }), { "x-api-key": ["k", "k"] }, "one header X-API-Key"],
])("a header that comes twice is refused, also with the right credential first: %#", (auth, headers, detail) => {
  const refuse = vi.fn();
  expect(auth({ method: "POST", path: "/pay", headers, body: new Uint8Array() }, refuse)).toBeUndefined();
  expect(refuse).toHaveBeenCalledExactlyOnceWith({ reason: "no-credentials", detail: expect.stringContaining(detail) });
});

test("an empty key is no credential", () => {
  const refuse = vi.fn();
  const headers = { "x-api-key": "" };
  expect(
    apiKey({ k: "shop-1" })({ method: "POST", path: "/pay", headers, body: new Uint8Array() }, refuse),
  ).toBeUndefined();
  expect(refuse).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: "no-credentials" }));
});

test.each([
  () => bearer({}),
  () => bearer("SECRET" as never),
  () => bearer({ "": "shop-1" }),
  () => bearer({ SECRET: "" }),
  () => bearer({ "SECRET 2": "shop-1" }),
  () => bearer({ [String(undefined)]: "shop-1" }),
  () => apiKey({ null: "shop-1" }),
  () => basic({ "SECRET:undefined": "shop-1" }),
  () => bearer({ SECRET: 1 as unknown as string }),
  () => basic({ SECRET: "shop-1" }),
  () => basic({ ":": "shop-1" }),
])("an unusable entry is a TypeError that does not show it: %s", (make) => {
  expect(make).toThrow(TypeError);
  expect(make).not.toThrow(/SECRET/);
});
