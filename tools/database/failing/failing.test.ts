import { expect, inject, test } from "vitest";

test("fails on purpose: setup.test.ts expects this run to fail", () => {
  expect(inject("databaseUrl")).toBe("nowhere");
});
