import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/bearer-first";

const lintSecurity = (security: string, ofOperation = "") =>
  lintWith(
    "bearer-first",
    `
security: ${security}
paths: {/pay: {post: {operationId: pay, responses: {}${ofOperation && `, security: ${ofOperation}`}}}}
components:
  securitySchemes:
    token: {type: http, scheme: Bearer}
    basic: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-API-Key}
`,
  );

test.each([
  ["[{basic: []}, {token: []}]", "basic"],
  ["[{key: []}]", "key"],
  ["[{token: [], key: []}]", "token and key"],
  ["[{}, {token: []}]", "nothing"],
])("bearer-first refuses the security %s", async (security, first) => {
  const message = `The first choice in security is ${first}; it must be a scheme of type http, scheme bearer, alone`;
  expect(await lintSecurity(security)).toEqual([{ rule: RULE, message, at: "test.yaml#/security/0" }]);
});

test("bearer-first refuses an operation whose own security begins with another scheme", async () => {
  const reports = await lintSecurity("[{token: []}]", "[{basic: []}]");
  expect(reports.map(({ at }) => at)).toEqual(["test.yaml#/paths/~1pay/post/security/0"]);
});

test("bearer-first accepts a bearer token first, and no security at all", async () => {
  expect(await lintSecurity("[{token: []}, {basic: []}]", "[]")).toEqual([]);
});
