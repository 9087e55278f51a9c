import { expect, test } from "vitest";
import { isQueueError, QueueError } from "./queue-error.ts";

/** Loads a second copy of the module, as two versions of the package in one program do. */
async function loadCopy(): Promise<typeof import("./queue-error.ts")> {
  const url = new URL("queue-error.ts?copy", import.meta.url);
  return import(/* @vite-ignore */ url.href);
}

test("an error of another copy of the package is recognised, and no other error is", async () => {
  const copy = await loadCopy();
  const foreign = new copy.QueueError("closed", "The queue was stopped");
  expect(copy.QueueError).not.toBe(QueueError);
  expect(Object.getPrototypeOf(foreign)).not.toBe(QueueError.prototype);
  expect(isQueueError(foreign)).toBe(true);
  expect(foreign instanceof QueueError).toBe(true);
  expect(foreign).toMatchObject({ name: "QueueError", code: "closed", message: "The queue was stopped" });
  for (const other of [new Error("closed"), { name: "QueueError", code: "closed" }, undefined, null, "closed"]) {
    expect(isQueueError(other)).toBe(false);
    expect(other instanceof QueueError).toBe(false);
  }
});
