import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/int64-bounds";
const SCHEMA = "test.yaml#/components/schemas/Id";

const lintId = (schema: string) => lintWith("int64-bounds", `components: {schemas: {Id: ${schema}}}`);

test("int64-bounds refuses an int64 that is not an integer", async () => {
  expect(await lintId("{type: string, format: int64, minimum: 0, maximum: 9}")).toEqual([
    { rule: RULE, message: 'Schema of format int64 has the type "string"; it must be "integer"', at: `${SCHEMA}/type` },
  ]);
});

test("int64-bounds refuses an int64 without bounds", async () => {
  expect(await lintId("{type: integer, format: int64}")).toEqual([
    {
      rule: RULE,
      message: "Schema of format int64 has no lower bound; it must have minimum or exclusiveMinimum",
      at: SCHEMA,
    },
    {
      rule: RULE,
      message: "Schema of format int64 has no upper bound; it must have maximum or exclusiveMaximum",
      at: SCHEMA,
    },
  ]);
});

test("int64-bounds accepts a bounded int64 and an unbounded int32", async () => {
  expect(await lintId("{type: integer, format: int64, exclusiveMinimum: 0, maximum: 9}")).toEqual([]);
  expect(await lintId("{type: integer, format: int64, minimum: 0, exclusiveMaximum: 9}")).toEqual([]);
  expect(await lintId("{type: integer, format: int32}")).toEqual([]);
});
