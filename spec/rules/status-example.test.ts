import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/status-example";
const CONTENT = "test.yaml#/paths/~1pay/post/responses/200/content/application~1json";

const lintAnswer = (examples: string, refused = "REFUSED") =>
  lintWith(
    "status-example",
    `
paths:
  /pay:
    post:
      responses:
        "200":
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: "#/components/schemas/Done"
                  - allOf: [{$ref: "#/components/schemas/Refused"}]
              ${examples}
        "400":
          content:
            application/problem+json: {schema: {$ref: "#/components/schemas/Done"}}
components:
  schemas:
    Done: {properties: {status: {type: string, const: OK}}}
    Refused: {properties: {status: {type: string, enum: [${refused}]}}}
`,
  );

test("status-example refuses a status without an example", async () => {
  expect(await lintAnswer("examples: {OK: {value: {status: OK}}}")).toEqual([
    {
      rule: RULE,
      message: 'Status "REFUSED" has no example; "examples" must contain one named "REFUSED"',
      at: `${CONTENT}/examples`,
    },
  ]);
});

test("status-example refuses an answer without any examples", async () => {
  const reports = await lintAnswer("");
  expect(reports.map(({ at }) => at)).toEqual([CONTENT, CONTENT]);
});

test("status-example refuses an example whose status is not its name", async () => {
  expect(await lintAnswer("examples: {OK: {value: {status: OK}}, REFUSED: {value: {status: OK}}}")).toEqual([
    {
      rule: RULE,
      message: 'Example "REFUSED" has the status "OK"; it must be "REFUSED"',
      at: `${CONTENT}/examples/REFUSED/value`,
    },
  ]);
});

test("status-example refuses a status that two variants list", async () => {
  expect(await lintAnswer("examples: {OK: {value: {status: OK}}}", "OK")).toEqual([
    {
      rule: RULE,
      message:
        'Status "OK" is listed by two variants of one oneOf; ' +
        "a status tells the variants apart, so only one may list it",
      at: "test.yaml#/components/schemas/Refused/properties/status/enum/0",
    },
  ]);
});

test("status-example accepts one example for each status of a 2xx answer", async () => {
  expect(await lintAnswer("examples: {OK: {value: {status: OK}}, REFUSED: {value: {status: REFUSED}}}")).toEqual([]);
});

const lintRequest = (examples: string) =>
  lintWith(
    "status-example",
    `
paths:
  /pay:
    post:
      requestBody: {content: {application/json: {schema: {type: object}${examples}}}}
      responses:
        "200":
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Done"}
              examples: {OK: {value: {status: OK}}}
components: {schemas: {Done: {properties: {status: {enum: [OK]}}}}}
`,
  );

const REQUEST = "test.yaml#/paths/~1pay/post/requestBody/content/application~1json";

test("status-example refuses a status without a request of its name, and a request of another name", async () => {
  const missing = 'Status "OK" has no request; "examples" of the request must contain one named "OK"';
  expect(await lintRequest("")).toEqual([{ rule: RULE, message: missing, at: REQUEST }]);
  expect(await lintRequest(", examples: {request: {value: {}}}")).toEqual([
    { rule: RULE, message: missing, at: `${REQUEST}/examples` },
    {
      rule: RULE,
      message: 'Example "request" of the request is named like no status; the statuses are OK',
      at: `${REQUEST}/examples/request`,
    },
  ]);
});

test("status-example accepts a request for each status", async () => {
  expect(await lintRequest(", examples: {OK: {value: {}}}")).toEqual([]);
});
