import { describe, expect, test, vi } from "vitest";
import { apiKey, type Authenticate, basic, bearer } from "./auth.ts";

const merchantOf = (authenticate: Authenticate, headers: Record<string, string>) =>
  authenticate({ method: "POST", path: "/pay", headers, body: new Uint8Array() });

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
])("an unusable entry is a TypeError that does not show it: %s", (make) => {
  expect(make).toThrow(TypeError);
  expect(make).not.toThrow(/SECRET/);
});
