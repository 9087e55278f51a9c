import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

test("default-dialect refuses a contract that names its dialect", async () => {
  const dialect = "https://json-schema.org/draft/2020-12/schema";
  expect(await lintWith("default-dialect", `jsonSchemaDialect: ${dialect}`)).toEqual([
    {
      rule: "codegames/default-dialect",
      message: `The contract names the dialect "${dialect}"; it must name none`,
      at: "test.yaml#/jsonSchemaDialect",
    },
  ]);
});

test("default-dialect accepts a contract that names none", async () => {
  expect(await lintWith("default-dialect", "paths: {}")).toEqual([]);
});
