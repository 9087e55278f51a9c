import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/status-outcome";
const STATUS = "test.yaml#/components/schemas/Answer/properties/status";

const lintStatus = (status: string) =>
  lintWith("status-outcome", `components: {schemas: {Answer: {properties: {status: ${status}}}}}`);

test("status-outcome refuses a status value without a class", async () => {
  expect(await lintStatus("{type: string, enum: [OK, LATE], x-outcome: {OK: succeeded}}")).toEqual([
    {
      rule: RULE,
      message: 'Status "LATE" has no class in x-outcome; it must have one of succeeded, rejected, absent, unknown',
      at: `${STATUS}/enum/1`,
    },
  ]);
});

test("status-outcome refuses a const without any x-outcome", async () => {
  expect(await lintStatus("{type: string, const: OK}")).toEqual([
    {
      rule: RULE,
      message: 'Status "OK" has no class in x-outcome; it must have one of succeeded, rejected, absent, unknown',
      at: `${STATUS}/const`,
    },
  ]);
});

test("status-outcome refuses a class for a value that the status does not list", async () => {
  expect(await lintStatus("{type: string, enum: [OK], x-outcome: {OK: succeeded, LATE: unknown}}")).toEqual([
    {
      rule: RULE,
      message: 'x-outcome classes "LATE", which is not a value of this status; the values are OK',
      at: `${STATUS}/x-outcome/LATE`,
    },
  ]);
});

test("status-outcome refuses a class that it does not know", async () => {
  expect(await lintStatus("{type: string, const: OK, x-outcome: {OK: fine}}")).toEqual([
    {
      rule: RULE,
      message: 'x-outcome gives "OK" the class "fine"; it must be one of succeeded, rejected, absent, unknown',
      at: `${STATUS}/x-outcome/OK`,
    },
  ]);
});

const lintAnswer = (code: number, status: string) =>
  lintWith(
    "status-outcome",
    `
components: {schemas: {Answer: {properties: {status: ${status}}}}}
paths:
  /pay:
    post:
      responses:
        "${code}": {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/Answer"}]}}}}
`,
  );

test.each([
  ["{type: string}", STATUS],
  ["{type: [string, 'null']}", STATUS],
  ["{description: Anything.}", STATUS],
  ["{oneOf: [{const: OK, x-outcome: {OK: succeeded}}, {type: string}]}", `${STATUS}/oneOf/1`],
])("status-outcome refuses a status of a 2xx answer that is %s", async (status, at) => {
  const message = "Status can be any text; it must list its values with const or enum";
  expect(await lintAnswer(200, status)).toEqual([{ rule: RULE, message, at }]);
  expect(await lintAnswer(400, status)).toEqual([]);
});

test("status-outcome refuses a value without a class inside a oneOf", async () => {
  expect(await lintStatus("{oneOf: [{const: OK, x-outcome: {OK: succeeded}}, {const: LATE}]}")).toEqual([
    {
      rule: RULE,
      message: 'Status "LATE" has no class in x-outcome; it must have one of succeeded, rejected, absent, unknown',
      at: `${STATUS}/oneOf/1/const`,
    },
  ]);
});

test("status-outcome accepts a number as the status of a 2xx answer", async () => {
  expect(await lintAnswer(200, "{type: integer}")).toEqual([]);
});

test("status-outcome accepts a class for every value, and a status that is an HTTP code", async () => {
  expect(await lintStatus("{type: string, enum: [OK, LATE], x-outcome: {OK: succeeded, LATE: unknown}}")).toEqual([]);
  expect(await lintStatus("{type: integer, enum: [400, 500]}")).toEqual([]);
});
