import { problemTypes } from "@codegames/contract";
import { describe, expect, test, vi } from "vitest";
import { handlerOf, order, post, problemOf, provider } from "./handler.fixture.ts";

describe("a request body is refused", () => {
  test.each([
    {},
    { "content-type": "text/plain" },
    { "content-type": "application/problem+json" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": 'application/json; charset="utf-8' },
    { "content-type": "application/json; charset=utf-16; charset=utf-8" },
    { "content-type": "application/json; charset=utf-8; charset=utf-8" },
    { "content-type": "application/json; charset=utf8x" },
    { "content-type": "application/json", "content-encoding": "gzip" },
    { "content-type": ["application/json"] },
  ])("with 415 under the headers %j", async (headers) => {
    expect(await handlerOf()(post(order, { headers }))).toMatchObject({
      status: 415,
      headers: { accept: "application/json", "accept-encoding": "identity" },
    });
  });

  test.each([
    { "content-type": "Application/JSON; charset=UTF-8" },
    { "content-type": 'application/json ; charset="utf-8"; v=1' },
    { "content-type": "application/json; charset=utf8" },
    { "content-type": 'application/json;charset="UTF8"' },
    { "content-type": "application/json", "content-encoding": "identity" },
  ])("but not under the headers %j", async (headers) => {
    expect(await handlerOf()(post(order, { headers }))).toMatchObject({ status: 200 });
  });

  test("with 413 above maxBodyBytes, or when the adapter stopped reading", async () => {
    const handler = handlerOf({}, { maxBodyBytes: order.length });
    expect(await handler(post())).toMatchObject({ status: 200 });
    const response = await handler(post(`${order} `));
    expect(response.status).toBe(413);
    expect(problemOf(response).detail).toBe(`The body is larger than ${order.length} bytes.`);
    expect(await handler(post(order, { body: "too-large" }))).toMatchObject({ status: 413 });
    expect(await handlerOf()(post(" ".repeat(65_537)))).toMatchObject({ status: 413 });
  });

  test.each([
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "", "must be UTF-8"],
    ["no JSON", "{", "", "must be well-formed JSON"],
    ["off contract", '{"product_id":1,"price":-5,"txn_id":"A"}', "/price", "must be greater than 0, is -5"],
    ["repeating a member", '{"txn_id":"A","txn_id":"B"}', "/txn_id", "must not be repeated in its object"],
  ])("with 400 and a pointer when it is %s", async (_, body, pointer, detail) => {
    const pay = vi.fn(provider.pay);
    const response = await handlerOf({ pay })(post(body));
    expect(response.status).toBe(400);
    expect(problemOf(response).errors).toEqual([{ pointer, detail }]);
    expect(pay).not.toHaveBeenCalled();
  });

  test("with 400 and every fault in it (N5)", async () => {
    const problem = problemOf(await handlerOf()(post('{"price":"50000","txn_id":5}')));
    expect(problem).toMatchObject({
      type: `${problemTypes}#bad-request`,
      detail: "The request body is not what the contract asks for.",
    });
    expect(problem.errors).toEqual([
      { pointer: "/price", detail: 'must be a finite number, is "50000"' },
      { pointer: "/txn_id", detail: "must be a string, is 5" },
      { pointer: "/product_id", detail: expect.stringMatching(/^must be an integer from .*, is missing$/) },
    ]);
  });
});
