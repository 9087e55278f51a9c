// Long, because it is one table: what each answer, HTTP code and failure means for the outcome of a call.
import { inspect } from "node:util";
import { operations } from "@codegames/contract";
import { describe, expect, test, vi } from "vitest";
import { createCall } from "./generated-support.ts";
import { basic, bearer, type ClientOptions, createClient, type Fetch } from "./index.ts";

const baseUrl = "https://hub.example/api";
const order = { product_id: 9_007_199_254_740_993n, price: 50000, txn_id: "A-17" };
const sold =
  '{"status":"OK","partner_txn_id":"W5","product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}}';

const clientOf = (fetch: Fetch, options: Partial<ClientOptions> = {}) =>
  createClient({ baseUrl, auth: "none", fetch, newAttemptId: () => "attempt-1", ...options });

const clientOfAnswer = (body: BodyInit | null, init?: ResponseInit) => clientOf(async () => new Response(body, init));

const pay = (body: BodyInit | null, init?: ResponseInit) => clientOfAnswer(body, init).pay(order);

describe("classifyAnswer()", () => {
  test("a status of the class succeeded gives succeeded, with the int64 exact", async () => {
    const result = await pay(sold);
    expect(result).toMatchObject({ outcome: "succeeded", status: "OK", httpStatus: 200, attemptId: "attempt-1" });
    expect(result.outcome === "succeeded" && result.body.product?.id).toBe(9_007_199_254_740_993n);
  });

  test("a status of the class rejected gives rejected", async () => {
    expect(await pay('{"status":"WRONG_PRICE"}')).toMatchObject({ outcome: "rejected", status: "WRONG_PRICE" });
  });

  test("a status of the class absent gives absent", async () => {
    const result = await clientOfAnswer('{"status":"TXN_NOT_FOUND"}').status({ txn_id: "A-17" });
    expect(result).toMatchObject({ outcome: "absent", status: "TXN_NOT_FOUND" });
  });

  test("a status of the class unknown gives undecided, and the detail names the operation to ask", async () => {
    expect(await pay('{"status":"TXN_DUPLICATE","partner_txn_id":"W5"}')).toMatchObject({
      outcome: "unknown",
      reason: "undecided",
      status: "TXN_DUPLICATE",
      body: { partner_txn_id: "W5" },
      detail: "TXN_DUPLICATE decides nothing about pay: ask status",
    });
  });

  test("an answer may begin with a byte order mark and have any code of 2xx", async () => {
    expect(await pay(`\ufeff${sold}`, { status: 201 })).toMatchObject({ outcome: "succeeded", httpStatus: 201 });
  });

  test.each([
    ["an empty body", ""],
    ["no body at all", null],
    ["an empty object", "{}"],
    ["HTML", "<html>502</html>"],
    ["a body that is cut short", sold.slice(0, -3)],
    ["a body with text after its end", `${sold}{}`],
    ["OK without partner_txn_id", '{"status":"OK"}'],
    ["two byte order marks", `\ufeff\ufeff${sold}`],
    ["a repeated status", '{"status":"WRONG_PRICE","partner_txn_id":"W5","status":"OK"}'],
    ["a status that is not a string", '{"status":true}'],
    ["a body that is not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d])],
    ["a body that is cut inside a character", new TextEncoder().encode('{"status":"ы').slice(0, -1)],
  ])("%s is malformed", async (_, body) => {
    expect(await pay(body)).toMatchObject({ outcome: "unknown", reason: "malformed", httpStatus: 200 });
  });

  test.each(["SOLD", "ok", "TXN_CANCELED", "constructor", "__proto__", ""])(
    "the status %j, which the operation does not list, is unknown, and the result keeps it",
    async (status) => {
      const result = await pay(JSON.stringify({ status, partner_txn_id: "W5" }));
      expect(result).toMatchObject({ outcome: "unknown", reason: "unrecognised-status", status });
    },
  );

  test.each([301, 302, 303, 307, 308, 304])("HTTP %d is a redirect, even with the body of a sale", async (status) => {
    const result = await pay(status === 304 ? null : sold, { status, headers: { location: "/pay" } });
    expect(result).toMatchObject({ outcome: "unknown", reason: "redirect", httpStatus: status });
  });

  test("the client discards the body of a redirect unread", async () => {
    const cancel = vi.fn();
    await clientOfAnswer(new ReadableStream({ cancel }) as BodyInit, { status: 302 }).pay(order);
    expect(cancel).toHaveBeenCalledOnce();
    const opaque = Object.defineProperties(new Response(null), {
      type: { value: "opaqueredirect" },
      status: { value: 0 },
    });
    expect(await clientOf(async () => opaque).pay(order)).toMatchObject({ reason: "redirect", httpStatus: undefined });
  });

  test("an answer is a redirect when a custom fetch has followed one to get it", async () => {
    const followed = Object.defineProperty(new Response(sold), "redirected", { value: true });
    expect(await clientOf(async () => followed).pay(order)).toMatchObject({ reason: "redirect" });
  });

  test("a documented refusal under 4xx is that refusal (C7)", async () => {
    const result = await pay('{"status":"PRODUCT_NOT_FOUND"}', { status: 404 });
    expect(result).toMatchObject({ outcome: "rejected", status: "PRODUCT_NOT_FOUND", httpStatus: 404 });
    expect(await pay('{"status":"TXN_DUPLICATE"}', { status: 409 })).toMatchObject({ reason: "undecided" });
  });

  test.each([
    ["OK under 4xx (C8)", sold, 400],
    ["OK under 5xx (C5)", sold, 500],
    ["a refusal under 5xx (C5)", '{"status":"WRONG_PRICE"}', 503],
    ["OK off contract under 4xx (C8)", '{"status":"OK"}', 400],
    ["problem details under 5xx", '{"title":"Busy","status":503}', 503],
    ["no body under a 4xx that is no refused request (C9)", null, 408],
    ["a status of another operation under 4xx", '{"status":"TXN_CANCELED"}', 404],
  ])("%s is unknown", async (_, body, status) => {
    const result = await pay(body, { status });
    expect(result).toMatchObject({ outcome: "unknown", reason: "http-status", httpStatus: status });
  });

  test.each([400, 401, 403, 404, 405, 413, 415, 422])(
    "HTTP %d without a status is a refused request (C9)",
    async (status) => {
      expect(await pay(null, { status })).toMatchObject({
        outcome: "unknown",
        reason: "request-refused",
        httpStatus: status,
      });
    },
  );

  test.each([402, 406, 407, 408, 409, 410, 425, 426, 429, 451, 499])(
    "HTTP %d without a status is unknown (C9)",
    async (status) => {
      expect(await pay("{}", { status })).toMatchObject({
        outcome: "unknown",
        reason: "http-status",
        httpStatus: status,
      });
    },
  );

  test("a result shows the problem details of an answer if they match the contract", async () => {
    const problem = {
      title: "Bad Request",
      status: 400,
      errors: [{ pointer: "/price", detail: "must be greater than 0" }],
    };
    expect(await pay(JSON.stringify(problem), { status: 400 })).toMatchObject({ reason: "request-refused", problem });
    expect(await pay('{"title":["a"],"detail":null}', { status: 400 })).toMatchObject({ problem: {} });
    expect(await pay('["title"]', { status: 400 })).toMatchObject({ problem: undefined });
    expect(await pay(JSON.stringify(problem), { status: 418 })).toMatchObject({ problem: undefined });
  });

  test("Retry-After is a time in seconds or a date (RFC 9110, 10.2.3)", async () => {
    const date = "Tue, 24 Nov 2026 12:00:00 GMT";
    const retryAfterMsOf = async (retryAfter: string, init: Record<string, string> = {}) => {
      const result = await pay(null, { status: 429, headers: { "retry-after": retryAfter, ...init } });
      return result.outcome === "unknown" && result.retryAfterMs;
    };
    expect(await retryAfterMsOf("5")).toBe(5000);
    expect(await retryAfterMsOf("Tue, 24 Nov 2026 12:00:30 GMT", { date })).toBe(30_000);
    expect(await retryAfterMsOf("Tue, 24 Nov 2026 11:00:00 GMT", { date })).toBe(0);
    expect(await retryAfterMsOf(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
    for (const unusable of ["", "-1", "1.5", "soon", "2026-11-24", "99999999999", "Tue, 99 Nov 2026 12:00:00 GMT"]) {
      expect(await retryAfterMsOf(unusable)).toBeUndefined();
    }
  });

  test.each(["pay", "check"] as const)(
    "an answer to %s about another product is a mismatch, and is withheld (D10)",
    async (operation) => {
      const product = { id: 2, name: "Card", price: 1, partner_price: 1, productKey: "FJQR" };
      const body = JSON.stringify({ status: "OK", partner_txn_id: "W5", product });
      const result = await clientOfAnswer(body)[operation](order);
      expect(result).toMatchObject({ outcome: "unknown", reason: "mismatch", status: "OK", httpStatus: 200 });
      expect(JSON.stringify(result)).not.toContain("FJQR");
      expect("body" in result).toBe(false);
      const neighbour = await pay(sold.replace("9007199254740993", "9007199254740992"));
      expect(neighbour).toMatchObject({ outcome: "unknown", reason: "mismatch" });
      const same = await clientOfAnswer(body.replace('"id":2', '"id":1e0'))[operation]({ ...order, product_id: 1 });
      expect(same).toMatchObject({ outcome: "succeeded" });
    },
  );

  test("the product key and addInfo are secrets (E4, D12), and an empty key is no key (D11)", async () => {
    const payForKey = (productKey: unknown) =>
      pay(sold.replace('"KEY-1"', `${JSON.stringify(productKey)},"addInfo":{"pin":"KEY-2"}`));
    const result = await payForKey("KEY-1");
    if (result.outcome !== "succeeded") throw new Error(result.outcome);
    expect(
      [
        inspect(result, { depth: 9 }),
        JSON.stringify(result.body.product, (_, value) => (typeof value === "bigint" ? "" : value)),
      ].join(),
    ).not.toContain("KEY");
    expect(result.body.product?.productKey?.reveal()).toBe("KEY-1");
    expect(result.body.product?.addInfo?.reveal()).toEqual({ pin: "KEY-2" });
    for (const empty of [null, ""]) {
      const keyless = await payForKey(empty);
      expect(keyless).toMatchObject({ outcome: "succeeded" });
      expect(keyless.outcome === "succeeded" && keyless.body.product?.productKey).toBeUndefined();
    }
  });

  test("a body larger than maxBodyBytes is too large, and the client stops reading it", async () => {
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(0x20)),
      cancel: () => void (isCancelled = true),
    });
    const result = await clientOf(async () => new Response(endless), { maxBodyBytes: 5000 }).pay(order);
    expect(result).toMatchObject({ outcome: "unknown", reason: "too-large", httpStatus: 200 });
    expect(isCancelled).toBe(true);
  });

  test("a body of exactly maxBodyBytes is read", async () => {
    const client = clientOf(async () => new Response(sold), { maxBodyBytes: sold.length });
    expect(await client.pay(order)).toMatchObject({ outcome: "succeeded" });
  });

  test("an operation without outcomes succeeds when its answer decodes under 2xx", async () => {
    const operation = { ...operations.status, outcomes: {} } as const;
    const callOf = (status: number) =>
      createCall(
        { baseUrl, auth: "none", fetch: async () => new Response('{"status":"TXN_CANCELED"}', { status }) },
        operations,
      );
    expect(await callOf(200)(operation, { txn_id: "A-17" })).toMatchObject({ outcome: "succeeded", status: undefined });
    expect(await callOf(400)(operation, { txn_id: "A-17" })).toMatchObject({ reason: "http-status" });
  });
});

test("members that the contract does not list are secrets, in a body and in problem details", async () => {
  const duplicate = await pay('{"status":"TXN_DUPLICATE","product":{"id":9007199254740993,"code":"SECRET-1"}}');
  expect(duplicate).toMatchObject({ reason: "undecided" });
  expect(await pay('{"status":"WRONG_PRICE","product":{"id":null}}')).toMatchObject({ outcome: "rejected" });
  const problem = await pay('{"status":500,"product":{"productKey":"SECRET-1"}}', { status: 500 });
  expect(problem).toMatchObject({ problem: { status: 500 } });
  for (const result of [duplicate, problem])
    expect(inspect(result, { depth: 9 }) + JSON.stringify(result)).not.toContain("SECRET");
});

test("a detail is one line, even when a name in it holds line breaks", async () => {
  const issue = { pointer: "/a\nb\u2028c", reason: "must be fair" };
  const refusing = {
    encode: () => ({ ok: false, issue }) as const,
    decode: () => ({ ok: false, issue }) as const,
    schema: expect.unreachable,
  };
  const operation = { ...operations.status, request: refusing, response: { httpStatus: 200, codec: refusing } };
  const call = createCall({ baseUrl, auth: "none" }, operations);
  expect(await call(operation, {} as never)).toMatchObject({ detail: "Cannot send status: /a b c must be fair" });
});

test("a detail never shows a part of the answer", async () => {
  const bodies = [
    '{"status":"SECRET-1"}',
    "SECRET-1",
    '{"status":"OK","partner_txn_id":["SECRET-1"]}',
    '{"status":"OK","partner_txn_id":"W5","product":{"id":"SECRET-1","name":"Card"}}',
    '{"status":"OK","partner_txn_id":"W5","product":{"id":1,"name":"Card","productKey":{"a":"SECRET-1"}}}',
    '{"status":"OK","partner_txn_id":"W5","product":{"id":1,"name":"Card","price":"SECRET-1"}}',
    '{"status":"OK","partner_txn_id":"W5","product":{"id":1,"name":"Card","addInfo":{"SECRET-1":1,"SECRET-1":2}}}',
  ];
  for (const body of bodies) {
    const result = await pay(body);
    expect(result.outcome).toBe("unknown");
    expect("detail" in result && result.detail).not.toContain("SECRET");
  }
});

describe("an answer that drifts", () => {
  const product = '"product":{"id":9007199254740993,"name":"Card","productKey":"KEY-1"}';
  const saleWith = (members: string) => `{"status":"OK","partner_txn_id":"W5",${members}}`;

  test("is a sale all the same, and lists what is off contract (D17, D18)", async () => {
    const result = await pay(
      saleWith('"comment":{"a":1},"product":{"id":9007199254740993,"price":0,"productKey":"KEY-1","addInfo":[]}'),
    );
    expect(result).toMatchObject({
      outcome: "succeeded",
      deviations: [
        { pointer: "/comment", expected: "must be a string or null", actual: "an object" },
        { pointer: "/product/price", expected: "must be greater than 0", actual: "zero" },
        { pointer: "/product/addInfo", expected: "must be an object", actual: "an empty array" },
        { pointer: "/product/name", expected: "must be a string", actual: "missing" },
      ],
    });
    expect(result.outcome === "succeeded" && result.body.product?.productKey?.reveal()).toBe("KEY-1");
    expect("unread" in result).toBe(false);
  });

  test("an exact answer lists nothing", async () => {
    expect(await pay(sold)).toMatchObject({ outcome: "succeeded", deviations: [] });
  });

  test("a numeric key of 20 digits is exact, and the body is kept for a person (D19)", async () => {
    const body = saleWith('"product":{"id":"9007199254740993","name":"Card","productKey":12345678901234567890}');
    const result = await pay(body, { headers: { "content-type": "application/json" } });
    expect(result).toMatchObject({ outcome: "succeeded", unread: { mediaType: "application/json", isCut: false } });
    expect(result.outcome === "succeeded" && result.body.product?.productKey?.reveal()).toBe("12345678901234567890");
    const kept = result.outcome === "succeeded" ? result.unread?.body.reveal() : undefined;
    expect(new TextDecoder().decode(kept)).toBe(body);
  });

  test.each([
    ["a product that is a list of keys", '"product":["PIN-1","PIN-2"]'],
    ["a key that is an object", '"product":{"id":9007199254740993,"name":"Card","productKey":{"pin":"PIN-1"}}'],
    ["a key in scientific notation", '"product":{"id":9007199254740993,"name":"Card","productKey":1.2e+19}'],
    ["further facts that are a list", '"product":{"id":9007199254740993,"name":"Card","addInfo":["PIN-1"]}'],
  ])("%s: sold, with the key missing and the body kept", async (_, members) => {
    const result = await pay(saleWith(members));
    expect(result).toMatchObject({ outcome: "succeeded", unread: { isCut: false } });
    expect(result.outcome === "succeeded" && result.body.product?.productKey).toBeUndefined();
    expect(inspect(result, { depth: 9 })).not.toContain("PIN-");
  });

  test.each([
    ["a health page", '{"status":"OK"}', "malformed"],
    ["an empty partner_txn_id", `{"status":"OK","partner_txn_id":"",${product}}`, "malformed"],
    ["a partner_txn_id of 0", `{"status":"OK","partner_txn_id":0,${product}}`, "malformed"],
    ["a fraction as id", saleWith('"product":{"id":1.5,"productKey":"KEY-1"}'), "mismatch"],
    ["an id that is a list", saleWith('"product":{"id":[],"productKey":"KEY-1"}'), "mismatch"],
    ["a repeated member that counts as absent", saleWith(`"comment":{},"comment":{},${product}`), "malformed"],
    ["a key in a refusal", `{"status":"WRONG_PRICE",${product}}`, "malformed"],
    ["a notice before the JSON", `Notice: x\n${sold}`, "malformed"],
  ])("%s stays unknown, and the body is kept", async (_, body, reason) => {
    const result = await pay(body);
    expect(result).toMatchObject({ outcome: "unknown", reason });
    expect(result.outcome === "unknown" && new TextDecoder().decode(result.unread?.body.reveal())).toBe(body);
  });

  test("the price of a check decides: only an exact literal of the other type stands for it (D19)", async () => {
    const checkOf = (price: string) =>
      clientOfAnswer(`{"status":"OK","product":{"id":null,"price":${price}}}`).check(order);
    for (const [price, amount] of [
      ['"50000.00"', 50000],
      ['"0.5"', 0.5],
    ] as const) {
      const result = await checkOf(price);
      expect(result.outcome === "succeeded" && result.body.product.price).toBe(amount);
    }
    for (const price of ['"50.000"', '"5e4"', '" 5"', '"05"', '""', "null", "0", "9007199254740993", '"0.00"']) {
      expect(await checkOf(price)).toMatchObject({ outcome: "unknown", reason: "malformed" });
    }
  });

  test("the identifier of a refusal decides nothing: some write the same one into each", async () => {
    const hub = clientOf(async () => new Response('{"status":"WRONG_PRICE","partner_txn_id":"0000"}'));
    expect((await hub.pay(order)).outcome).toBe("rejected");
    expect((await hub.pay({ ...order, txn_id: "A-18" })).outcome).toBe("rejected");
  });

  test("a refusal with nulls is that refusal", async () => {
    const body = '{"status":"WRONG_PRICE","comment":null,"partner_txn_id":null,"product":null}';
    expect(await pay(body)).toMatchObject({
      outcome: "rejected",
      deviations: [{ pointer: "/partner_txn_id", actual: "null" }],
    });
  });

  test.each([
    ["windows-1251", [0xc3, 0xee, 0xf2, 0xee, 0xe2, 0xee]],
    ["KOI8-R", [0xe7, 0xcf, 0xd4, 0xcf, 0xd7, 0xcf]],
    ["cp866", [0x83, 0xae, 0xe2, 0xae, 0xa2, 0xae]],
    ["iso-8859-5", [0xb3, 0xde, 0xe2, 0xde, 0xd2, 0xde]],
  ])("in %s, which it declares, is read (C13)", async (charset, comment) => {
    const ascii = (text: string) => [...new TextEncoder().encode(text)];
    const body = new Uint8Array([...ascii('{"status":"WRONG_PRICE","comment":"'), ...comment, ...ascii('"}')]);
    const typed = (type: string) => ({ headers: { "content-type": type } });
    const result = await pay(body, typed(`application/json; charset="${charset}"`));
    expect(result).toMatchObject({ outcome: "rejected", body: { comment: "Готово" } });
    for (const other of ["utf-16", "us-ascii", "iso-2022-jp", `${charset}; charset=utf-8`]) {
      expect(await pay(body, typed(`application/json; charset=${other}`))).toMatchObject({ reason: "malformed" });
    }
  });

  test("one with the partner_txn_id of another transaction is a mismatch, and never its body (A10)", async () => {
    const answers = [sold, sold, '{"status":"WRONG_PRICE","partner_txn_id":"W5"}', sold, sold];
    const answer = async () => new Response(answers.shift());
    const hub = clientOf(answer);
    expect(await hub.pay(order)).toMatchObject({ outcome: "succeeded" });
    expect(await hub.pay({ ...order, txn_id: "A-18" })).toMatchObject({ reason: "mismatch", status: "OK" });
    expect(await hub.pay({ ...order, txn_id: "A-18" })).toMatchObject({ reason: "mismatch", status: "WRONG_PRICE" });
    expect(await hub.pay(order)).toMatchObject({ outcome: "succeeded" });
    expect(await hub.status({ txn_id: "A-18" })).toMatchObject({ outcome: "succeeded" });
    const shared = clientOf(async () => new Response(sold), { partnerTxnIds: "shared" });
    expect(await shared.pay(order)).toMatchObject({ outcome: "succeeded" });
    expect(await shared.pay({ ...order, txn_id: "A-18" })).toMatchObject({ outcome: "succeeded" });
  });
});

describe("the body that is kept", () => {
  const text = (result: { unread?: { body: { reveal(): Uint8Array } } }) =>
    new TextDecoder().decode(result.unread?.body.reveal());

  const kept = async (auth: ClientOptions["auth"], echo: string, init?: ResponseInit) =>
    text((await clientOf(async () => new Response(echo, init), { auth }).pay(order)) as never);
  const stars = (hidden: string) => "*".repeat(new TextEncoder().encode(hidden).length);

  test.each([
    ["whole", "<b>Bearer secret/token-123</b>", "<b>|Bearer secret/token-123|</b>"],
    ["without its scheme", '"secret/token-123"', '"|secret/token-123|"'],
    ["as PHP escapes it", '"secret\\/token-123"', '"|secret\\/token-123|"'],
    ["as a URL escapes it", "?token=secret%2Ftoken-123", "?token=|secret%2Ftoken-123|"],
    ["where the body breaks off in it", "token: secret/tok", "token: |secret/tok|"],
  ])("has no bearer token of the request that a provider repeats %s", async (_, echo, expected) => {
    expect(await kept(bearer("secret/token-123"), echo)).toBe(
      expected.replace(/\|(.*)\|/, (_, hidden: string) => stars(hidden)),
    );
  });

  test("has no user and password of the request, in Base64 or decoded", async () => {
    const token = btoa("bob:pass-word").replace(/=+$/, "");
    for (const padding of ["==", "\\u003d\\u003d", "%3D%3D"]) {
      expect(await kept(basic("bob", "pass-word"), `${token}${padding} pass-word`)).toBe(
        `${stars(token)}${padding} ${stars("pass-word")}`,
      );
    }
    expect(await kept(basic("shop", "пароль123"), "user=shop pass=пароль123")).toBe(
      `user=shop pass=${stars("пароль123")}`,
    );
  });

  test("is at most 64 KiB, and also of an answer that breaks off", async () => {
    const long = (await pay("x".repeat(70_000))) as never;
    expect(text(long)).toBe("x".repeat(65_536));
    expect(long).toMatchObject({ unread: { isCut: true } });
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(sold.slice(0, 50))),
      pull: (controller) => controller.error(new Error("reset")),
    });
    const broken = (await pay(stream)) as never;
    expect(broken).toMatchObject({ outcome: "unknown", reason: "connection", unread: { isCut: true } });
    expect(text(broken)).toBe(sold.slice(0, 50));
  });

  test("is kept of no clean refusal, of no undecided answer, of no empty one, and of no check or status", async () => {
    for (const body of ['{"status":"WRONG_PRICE"}', '{"status":"TXN_DUPLICATE"}', ""]) {
      expect("unread" in (await pay(body))).toBe(false);
    }
    for (const operation of ["check", "status"] as const) {
      expect("unread" in (await clientOfAnswer("<html>")[operation](order))).toBe(false);
    }
  });
});
