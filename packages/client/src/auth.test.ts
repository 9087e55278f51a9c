import { describe, expect, test } from "vitest";
import { apiKey, type Auth, type AuthRequest, basic, bearer, createClient, type Fetch } from "./index.ts";

const order = { product_id: 1n, price: 1, txn_id: "A-17" };

async function headersOf(auth: Auth): Promise<Headers> {
  let headers = new Headers();
  const fetch: Fetch = async (_, init) => ((headers = new Headers(init.headers)), new Response("{}"));
  await createClient({ baseUrl: "https://hub.example", auth, fetch }).pay(order);
  return headers;
}

const payWith = (auth: Auth, timeoutMs = 1000) => {
  const fetch = () => expect.unreachable("the client must send nothing");
  return createClient({ baseUrl: "https://hub.example", auth, fetch, timeoutMs }).pay(order);
};

test("bearer() sends the token", async () => {
  expect((await headersOf(bearer("abc.d-e"))).get("authorization")).toBe("Bearer abc.d-e");
});

test("basic() sends user and password as base64 of UTF-8", async () => {
  const { Authorization = "" } = await basic("магазин", "p:ä")({} as AuthRequest);
  expect(Buffer.from(Authorization.replace("Basic ", ""), "base64").toString()).toBe("магазин:p:ä");
});

test("apiKey() sends the key in X-API-Key, or in the header of your choice", async () => {
  expect((await headersOf(apiKey("k1"))).get("x-api-key")).toBe("k1");
  expect((await headersOf(apiKey("k1", "X-Shop-Key"))).get("x-shop-key")).toBe("k1");
});

test.each([
  () => bearer("SECRET\n"),
  () => bearer(""),
  () => bearer(undefined as unknown as string),
  () => basic("SECRET:user", "p"),
  () => basic("user", "SECRET\0"),
  () => apiKey("SECRET key"),
  () => apiKey("SECRET", "a header"),
])("credentials that no header can carry throw a TypeError that does not quote them: %s", (make) => {
  expect(make).toThrow(TypeError);
  expect(make).not.toThrow(/SECRET/);
});

describe("a custom auth function", () => {
  test("may read the body, and the client still sends it", async () => {
    let sent = "";
    const auth = async ({ method, url, body = "" }: AuthRequest) => ({ "X-Signed": `${method} ${url} ${body.length}` });
    const fetch: Fetch = async (url, init) => {
      const request = new Request(url, init);
      sent = `${request.headers.get("x-signed")} ${await request.text()}`;
      return new Response("{}");
    };
    await createClient({ baseUrl: "https://hub.example", auth, fetch }).pay(order);
    expect(sent).toBe('POST https://hub.example/pay 42 {"product_id":1,"price":1,"txn_id":"A-17"}');
  });

  test.each([
    [
      "throws",
      () => {
        throw new RangeError("SECRET");
      },
    ],
    ["rejects", () => Promise.reject(new RangeError("SECRET"))],
    ["returns a header that cannot be sent", () => ({ Authorization: "SECRET\n2" })],
    ["returns nothing", () => undefined as unknown as Record<string, string>],
    ["returns a text", () => "Bearer SECRET" as never],
    ["returns a number", () => 7 as never],
    ["returns Headers", () => new Headers({ Authorization: "SECRET" }) as never],
    ["returns a Map", () => new Map([["Authorization", "SECRET"]]) as never],
    ["returns a header that is undefined", () => ({ Authorization: undefined }) as never],
  ])("that %s stops the call, and the result hides its error", async (_, auth) => {
    const result = await payWith(auth);
    expect(result).toMatchObject({ outcome: "not-sent", reason: "no-credentials" });
    expect(JSON.stringify(result)).not.toContain("SECRET");
  });

  test("that takes longer than the timeout stops the call", async () => {
    const result = await payWith(() => new Promise(() => {}), 5);
    expect(result).toMatchObject({ reason: "no-credentials", detail: expect.stringContaining("within 5 ms") });
  });
});
