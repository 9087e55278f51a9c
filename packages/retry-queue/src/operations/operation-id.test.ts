import { expect, test } from "vitest";
import { operationIdOf } from "./operation-id.ts";

test("an operation's id is the same in every version, and differs by queue and txn_id", () => {
  expect(operationIdOf("hub", "A-1")).toBe("ee4ce674-a3d9-560e-bf2d-d8cf7287f69b");
  expect(operationIdOf("other", "A-1")).not.toBe(operationIdOf("hub", "A-1"));
  expect(operationIdOf("hub", "A-2")).not.toBe(operationIdOf("hub", "A-1"));
});
