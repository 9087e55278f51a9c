import { expect, test } from "vitest";
import { createClient } from "./index.ts";

const clientOf = (answer: object, mayRepeatRequests: boolean, status = 200) =>
  createClient({
    baseUrl: "https://hub.example",
    auth: "none",
    fetch: async () => Response.json(answer, { status }),
    mayRepeatRequests,
  });
const order = { product_id: 1n, price: 50000, txn_id: "A-17" };

test.each(["WRONG_PRICE", "PRODUCT_NOT_FOUND", "PRODUCT_OUT_OF_STOCK"])(
  "C11 pay %s is not final where a request can be sent twice",
  async (status) => {
    const result = await clientOf({ status, comment: "no" }, true).pay(order);
    expect(result).toEqual({
      outcome: "unknown",
      reason: "not-final",
      status,
      httpStatus: 200,
      retryAfterMs: undefined,
      problem: undefined,
      deviations: [],
      detail: expect.stringMatching(`^${status} is not final for pay: .* sent twice, .*: ask status$`),
      attemptId: expect.any(String),
      elapsedMs: expect.any(Number),
    });
    expect(await clientOf({ status }, true, 409).pay(order)).toMatchObject({ reason: "not-final", httpStatus: 409 });
    expect(await clientOf({ status }, false).pay(order)).toMatchObject({ outcome: "rejected", status });
  },
);

test("C11 everything else stays as it is where a request can be sent twice", async () => {
  const client = (answer: object) => clientOf(answer, true);
  expect(await client({ status: "OK", partner_txn_id: "W5" }).pay(order)).toMatchObject({ outcome: "succeeded" });
  expect(await client({ status: "TXN_DUPLICATE" }).pay(order)).toMatchObject({ reason: "undecided" });
  expect(await client({ status: "PRODUCT_NOT_FOUND" }).check(order)).toMatchObject({ outcome: "rejected" });
  expect(await client({ status: "TXN_CANCELED" }).status(order)).toMatchObject({ outcome: "rejected" });
  expect(await client({ status: "TXN_NOT_FOUND" }).status(order)).toMatchObject({ outcome: "absent" });
});

test("C11 no connection proves nothing where a request can be sent twice", async () => {
  const refusing = async () => {
    throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  };
  const common = { baseUrl: "https://hub.example", auth: "none", fetch: refusing } as const;
  const pay = (mayRepeatRequests: boolean) => createClient({ ...common, mayRepeatRequests }).pay(order);
  expect(await pay(false)).toMatchObject({ outcome: "not-sent", reason: "unreachable" });
  expect(await pay(true)).toMatchObject({ outcome: "unknown", reason: "connection" });
});
