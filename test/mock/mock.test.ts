import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { bearer, createClient } from "@codegames/client";
import type { CheckResponse, PayResponse, StatusResponse } from "@codegames/contract";
import { callExamples, type ExampleCall, type Mock, startMock } from "@codegames/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The outcome of each status, repeated by hand. When a status is added or removed, this no longer compiles. */
const outcomes: {
  check: Record<CheckResponse["status"], string>;
  pay: Record<PayResponse["status"], string>;
  status: Record<StatusResponse["status"], string>;
} = {
  check: { OK: "succeeded", PRODUCT_NOT_FOUND: "rejected", PRODUCT_OUT_OF_STOCK: "rejected" },
  pay: {
    OK: "succeeded",
    TXN_DUPLICATE: "unknown",
    WRONG_PRICE: "rejected",
    PRODUCT_NOT_FOUND: "rejected",
    PRODUCT_OUT_OF_STOCK: "rejected",
  },
  status: { OK: "succeeded", TXN_NOT_FOUND: "absent", TXN_CANCELED: "rejected" },
};

const httpErrors = [400, 401, 403, 404, 405, 413, 415, 429, 500, 503];

describe("the client against Prism", () => {
  let mock: Mock;
  const calls: ExampleCall[] = [];

  beforeAll(async () => {
    mock = await startMock();
    for await (const call of callExamples(mock.url)) calls.push(call);
  }, 120_000);

  afterAll(() => mock.stop());

  test("reads every example of every operation as the contract says", () => {
    expect(calls.filter(({ mismatches }) => mismatches.length > 0)).toEqual([]);
    expect(calls).toHaveLength(11 + 3 * httpErrors.length);
  });

  test.each(Object.entries(outcomes))("reads each status of %s as its outcome", (operation, expected) => {
    const seen = calls.filter((call) => call.operation === operation && call.httpStatus === 200);
    expect(Object.fromEntries(seen.map(({ status, outcome }) => [status, outcome]))).toEqual(expected);
  });

  test("reads every HTTP error as unknown", () => {
    for (const operation of Object.keys(outcomes)) {
      const seen = calls.filter((call) => call.operation === operation && call.httpStatus !== 200);
      expect(seen.map(({ httpStatus }) => httpStatus)).toEqual(httpErrors);
      expect(new Set(seen.map(({ outcome }) => outcome))).toEqual(new Set(["unknown"]));
    }
  });

  test("finds an answer made up by Prism malformed, or lists deviations, exactly when it is off contract", async () => {
    let violations: string | null = null;
    const client = createClient({
      baseUrl: mock.url,
      auth: bearer("any"),
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        violations = response.headers.get("sl-violations");
        return response;
      },
      hooks: { onRequest: ({ headers }) => headers.set("prefer", "dynamic=true") },
    });
    // "mismatch", because Prism mostly makes up another product.
    const reasons = ["mismatch", "undecided", "malformed"];
    const seen = { valid: 0, off: 0 };
    for (let round = 0; round < 40; round++) {
      const results = [
        await client.check({ product_id: 1n }),
        violations,
        await client.pay({ product_id: 1n, price: 1, txn_id: "A-17" }),
        violations,
        await client.status({ txn_id: "A-17" }),
        violations,
      ] as const;
      for (const index of [0, 2, 4] as const) {
        const result = results[index];
        const isMalformed = result.outcome === "unknown" && result.reason === "malformed";
        const isOff = isMalformed || ("deviations" in result && result.deviations.length > 0);
        const isExpected =
          result.outcome === "unknown" ? reasons.includes(result.reason) : result.outcome !== "not-sent";
        expect({ result, isExpected, isOff }).toEqual({
          result,
          isExpected: true,
          isOff: results[index + 1] !== null,
        });
        seen[isOff ? "off" : "valid"]++;
      }
    }
    expect(seen.valid).toBeGreaterThan(20);
    expect(seen.off).toBeGreaterThan(0);
  });

  test.each(httpErrors)("reads an HTTP %s made up by Prism as unknown", async (httpStatus) => {
    const hooks = {
      onRequest: ({ headers }: { headers: Headers }) => headers.set("prefer", `code=${httpStatus}, dynamic=true`),
    };
    const client = createClient({ baseUrl: mock.url, auth: bearer("any"), hooks });
    const reason = [429, 500, 503].includes(httpStatus) ? "http-status" : "request-refused";
    const results = [
      await client.check({ product_id: 1n }),
      await client.pay({ product_id: 1n, price: 1, txn_id: "A-17" }),
      await client.status({ txn_id: "A-17" }),
    ];
    for (const result of results) expect(result).toMatchObject({ outcome: "unknown", httpStatus, reason });
  });

  test("reads a call without credentials as refused", async () => {
    const client = createClient({ baseUrl: mock.url, auth: "none" });
    expect(await client.status({ txn_id: "A-17" })).toMatchObject({
      outcome: "unknown",
      reason: "request-refused",
      httpStatus: 401,
    });
  });
});

test("callExamples() names every example that a mock answers wrongly", async () => {
  const server = createServer((_, response) => response.end('{"status":"TXN_CANCELED"}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const mismatched: ExampleCall[] = [];
  for await (const call of callExamples(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)) {
    if (call.mismatches.length > 0) mismatched.push(call);
  }
  server.close();
  server.closeAllConnections();
  expect(mismatched).toHaveLength(11 + 3 * httpErrors.length);
  const missing = mismatched.find(({ operation, example }) => operation === "status" && example === "TXN_NOT_FOUND");
  expect(missing?.mismatches).toEqual([
    "outcome is rejected, should be absent",
    "status is TXN_CANCELED, should be TXN_NOT_FOUND",
    'body is {"status":"TXN_CANCELED"}, should be {"status":"TXN_NOT_FOUND","comment":"Транзакция не найдена"}',
  ]);
});

test("a mock takes the next free port when its own is in use", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const mock = await startMock({ port });
  expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(mock.url).not.toBe(`http://127.0.0.1:${port}`);
  await mock.stop();
  server.close();
}, 120_000);
