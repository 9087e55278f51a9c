import { expect, test } from "vitest";
import { statusQueue, unresolvedQueue } from "./queue-context.ts";

test("two queues of one database have different queues of pg-boss", () => {
  const names = ["hub", "other"].flatMap((name) => [statusQueue({ name }), unresolvedQueue({ name })]);
  expect(names).toEqual(["hub-status", "hub-unresolved", "other-status", "other-unresolved"]);
});
