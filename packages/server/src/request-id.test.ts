import { describe, expect, test, vi } from "vitest";
import { handlerOf, order, post, problemOf, throwing } from "./handler.fixture.ts";
import { type HandlerOptions, type HandlerRequest, ProblemError, type Provider } from "./index.ts";

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;

describe("each call has an id of its own", () => {
  const ask = async (
    methods: Partial<Provider>,
    options: Partial<HandlerOptions>,
    changes: Partial<HandlerRequest>,
  ) => {
    const response = await handlerOf(methods, options)(post(order, changes));
    return { ...response, id: response.headers["request-id"] };
  };

  test.each<[number, Partial<Provider>, Partial<HandlerOptions>, Partial<HandlerRequest>]>([
    [200, {}, {}, {}],
    [400, {}, {}, { body: new Uint8Array() }],
    [401, {}, { auth: () => undefined }, {}],
    [403, { pay: throwing(new ProblemError(403)) }, {}, {}],
    [404, {}, {}, { path: "/" }],
    [405, {}, {}, { method: "GET" }],
    [413, {}, {}, { body: "too-large" }],
    [415, {}, {}, { headers: {} }],
    [500, { pay: throwing(new Error("x")) }, {}, {}],
    [503, { pay: () => new Promise<never>(() => {}) }, { timeoutMs: 1 }, {}],
  ])("in the header of a %i, and in the instance of problem details", async (status, methods, options, changes) => {
    const [one, other] = [await ask(methods, options, changes), await ask(methods, options, changes)];
    expect(one).toMatchObject({ status, id: uuid });
    expect(one.id).not.toBe(other.id);
    if (status !== 200) expect(problemOf(one).instance).toBe(`urn:uuid:${one.id}`);
  });

  test("that no caller chooses", async () => {
    const headers = { "content-type": "application/json", "request-id": "mine", "x-request-id": "mine" };
    expect(JSON.stringify(await ask({}, {}, { headers }))).not.toContain("mine");
  });

  test("that the provider's method and every hook are told", async () => {
    const pay = vi.fn(() => new Promise<never>(() => {}));
    const [onError, onRefused] = [vi.fn(), vi.fn()];
    const late = await ask({ pay }, { onError, timeoutMs: 1 }, {});
    expect(pay).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ requestId: late.id }));
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(Error), { operationId: "pay", requestId: late.id });
    const refused = await ask({}, { onRefused, auth: () => undefined }, {});
    expect(onRefused.mock.calls[0]?.[1]).toEqual({ operationId: "pay", requestId: refused.id });
  });
});
