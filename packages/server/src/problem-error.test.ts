import { expect, test, vi } from "vitest";
import { handlerOf, post, throwing } from "./handler.fixture.ts";
import { ProblemError } from "./problem-error.ts";

test.each([() => new ProblemError(418 as never), () => new ProblemError(503, { retryAfterSeconds: 1.5 })])(
  "a ProblemError takes only the codes and the times of the contract: %s",
  (make) => expect(make).toThrow(TypeError),
);

test("a handler recognises the ProblemError of another copy of the package", async () => {
  vi.resetModules();
  const copy = await import("./problem-error.ts");
  expect(copy.ProblemError).not.toBe(ProblemError);
  const handler = handlerOf({ pay: throwing(new copy.ProblemError(429)) });
  expect(await handler(post())).toMatchObject({ status: 429, headers: { "retry-after": "5" } });
});
