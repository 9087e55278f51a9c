import { createRequire } from "node:module";
import { operations } from "@codegames/contract";
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "./index.ts";
import { readOptions } from "./options.ts";

/** The blocked ports of the Fetch Standard, as undici knows them. */
const { badPorts } = createRequire(import.meta.url)("undici/lib/web/fetch/constants.js") as { badPorts: string[] };

const requiredOptions: ClientOptions = { baseUrl: "https://hub.example", auth: "none" };

const create = (options: Record<string, unknown>) => () =>
  createClient({ ...requiredOptions, ...options } as ClientOptions);

describe("a base URL", () => {
  test.each(["https://hub.example/api/", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080/api"])(
    "may be %s",
    (baseUrl) => expect(create({ baseUrl })).not.toThrow(),
  );

  test("may be http to any host with allowInsecureHttp", () => {
    expect(create({ baseUrl: "http://hub.example", allowInsecureHttp: true })).not.toThrow();
  });

  test.each([
    "http://hub.example",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://shop.localhost",
    "http://10.0.0.1",
  ])("may not be %s (E2)", (baseUrl) =>
    expect(create({ baseUrl })).toThrow(/option baseUrl must be https, is http:\/\/.*allowInsecureHttp/),
  );

  test("may have no port that the platform's fetch blocks, unless another fetch is given", async () => {
    for (const port of badPorts) {
      const baseUrl = `http://127.0.0.1:${port}`;
      expect(create({ baseUrl })).toThrow(`option baseUrl must not have port ${port}, to which the platform's fetch`);
      expect(create({ baseUrl, fetch: globalThis.fetch })).toThrow(`port ${port}`);
      expect(create({ baseUrl, fetch: async () => new Response() })).not.toThrow();
      await expect(globalThis.fetch(baseUrl)).rejects.toMatchObject({ cause: { message: "bad port" } });
    }
  });

  test.each([
    undefined,
    "",
    "hub.example",
    "/api",
    "ftp://hub.example",
    "https://hub.example?",
    "https://hub.example#a",
  ])("may not be %j", (baseUrl) => {
    expect(create({ baseUrl })).toThrow(/Cannot create the client: option baseUrl must/);
  });

  test("must hold no credentials, and the error does not quote them", () => {
    expect(create({ baseUrl: "https://user:SECRET@hub.example" })).toThrow(/must not hold credentials/);
    expect(create({ baseUrl: "https://user:SECRET@hub.example" })).not.toThrow(/SECRET/);
  });

  test("loses its trailing slashes", () => {
    expect(readOptions({ ...requiredOptions, baseUrl: "https://hub.example/api//" }, []).baseUrl).toBe(
      "https://hub.example/api",
    );
  });
});

test.each([
  [{ auth: undefined }, /option auth must be bearer/],
  [{ auth: "SECRET" }, /option auth must be bearer\(…\), basic\(…\), apiKey\(…\), hmac\(…\), a function, or "none"$/],
  [{ timeoutMs: 0 }, /option timeoutMs must be an integer from 1 to 2147483647, is 0$/],
  [{ timeoutMs: Infinity }, /timeoutMs .*, is Infinity$/],
  [{ timeoutMs: null }, /timeoutMs .*, is object$/],
  [{ timeoutMs: [] }, /timeoutMs .*, is object$/],
  [{ hooks: null }, /option hooks must be an object, is a object$/],
  [{ timeoutMs: "10" }, /timeoutMs .*, is string$/],
  [
    { timeoutMs: 300_001 },
    /option timeoutMs must be at most 300000 with the platform's fetch, .* is 300001: use the option/,
  ],
  [{ timeoutMs: { pay: 400_000 } }, /option timeoutMs\.pay must be at most 300000 .*undiciFetch/],
  [{ mayRepeatRequests: 1 }, /option mayRepeatRequests must be a boolean, is a number$/],
  [{ timeoutMs: { pay: 2 ** 31 } }, /option timeoutMs\.pay .*, is 2147483648$/],
  [{ maxBodyBytes: 1.5 }, /option maxBodyBytes .*, is 1.5$/],
  [{ fetch: 1 }, /option fetch must be a function/],
  [{ now: 1 }, /option now must be a function/],
  [{ newAttemptId: 1 }, /option newAttemptId must be a function/],
  [{ allowInsecureHttp: "yes" }, /option allowInsecureHttp must be a boolean, is a string$/],
  [{ hooks: 1 }, /option hooks must be an object, is a number$/],
  [{ hooks: [{ onOutcome: 1 }] }, /option hooks\.onOutcome must be a function, is a number$/],
  [{ timeout: 5 }, /option timeout is not known; allowed: baseUrl, auth, timeoutMs, /],
  [
    { timeoutMs: { buy: 5 } },
    /option timeoutMs\.buy is not known; allowed: timeoutMs\.check, timeoutMs\.pay, timeoutMs\.status$/,
  ],
])("the wrong option of %o throws a TypeError that names it", (options, message) => {
  expect(create(options)).toThrow(TypeError);
  expect(create(options)).toThrow(message);
});

test("timeoutMs is one number, or one by operation; by default 60 s for an operation with x-inquiry, else 10 s", () => {
  const timeouts = (timeoutMs?: ClientOptions["timeoutMs"]) => {
    const settings = readOptions(timeoutMs === undefined ? requiredOptions : { ...requiredOptions, timeoutMs }, [
      "check",
      "pay",
    ]);
    return [operations.check, operations.pay].map((operation) => settings.timeoutMs(operation));
  };
  expect(timeouts()).toEqual([10_000, 60_000]);
  expect(timeouts(500)).toEqual([500, 500]);
  expect(timeouts({ check: 500 })).toEqual([500, 60_000]);
});

test("timeoutMs may be longer than the platform's fetch waits with a fetch of one's own", () => {
  expect(create({ timeoutMs: 300_000 })).not.toThrow();
  expect(create({ timeoutMs: 400_000, fetch: async () => new Response() })).not.toThrow();
});

test("the client looks up the global fetch at each call", async () => {
  const client = createClient(requiredOptions);
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response('{"status":"PRODUCT_NOT_FOUND"}');
  try {
    expect(await client.check({ product_id: 1 })).toMatchObject({ outcome: "rejected" });
  } finally {
    globalThis.fetch = fetch;
  }
});
