import { expect, test } from "vitest";
import { inSchema, statementsIn } from "./statements.ts";

test("the schema is written into statements, and casts are left alone", () => {
  expect(inSchema("shop", "SELECT :schema.job_now()::text FROM :schema.job WHERE a::schema = :schemata")).toBe(
    "SELECT shop.job_now()::text FROM shop.job WHERE a::schema = :schemata",
  );
  expect(statementsIn("shop", { find: "SELECT 1 FROM :schema.a", none: "SELECT 1" })).toEqual({
    find: "SELECT 1 FROM shop.a",
    none: "SELECT 1",
  });
});
