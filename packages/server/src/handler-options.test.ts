import { expect, test } from "vitest";
import { provider } from "./handler.fixture.ts";
import { createHandler, type HandlerOptions } from "./index.ts";

test.each([
  [{ auth: undefined }, /option auth must be bearer\(…\)/],
  [{ auth: "SECRET" }, /or "none"$/],
  [{ maxBodyBytes: 0 }, /option maxBodyBytes must be a positive integer, is 0$/],
  [{ basePath: "api" }, /option basePath must be empty or begin with \/ and not end with it, is "api"$/],
  [{ basePath: "/api/" }, /option basePath .*, is "\/api\/"$/],
  [{ timeoutMs: 0 }, /option timeoutMs must be an integer from 1 to 2147483647, is 0$/],
  [{ onError: 1 }, /option onError must be a function, is a number$/],
  [{ onRefused: "log" as never }, /option onRefused must be a function, is a string$/],
  [
    { onerror: () => {} },
    /option onerror is not known; allowed: auth, basePath, maxBodyBytes, onError, onRefused, timeoutMs$/,
  ],
])("createHandler() throws a TypeError that names the wrong option in %o", (options, message) => {
  const create = () => createHandler(provider, { auth: "none", ...options } as unknown as HandlerOptions);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(message);
});

test("createHandler() throws a TypeError that names the missing options or method", () => {
  expect(() => createHandler(provider, undefined as never)).toThrow("options must be an object");
  const incomplete = { ...provider, status: undefined } as never;
  expect(() => createHandler(incomplete, { auth: "none" })).toThrow("provider.status must be a function, is undefined");
});
