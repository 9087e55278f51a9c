import { expect, inject, test } from "vitest";

test("fails, so that a run over a database can be seen to fail", () => {
  expect(inject("databaseUrl")).toBe("nowhere");
});
