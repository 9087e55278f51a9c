import { expect, test } from "vitest";
import { inLanes } from "./in-lanes.ts";

test("all items are worked on, at most 8 at the same time", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inLanes(
    Array.from({ length: 30 }, (_, index) => index),
    async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      done.push(item);
    },
  );
  expect(most).toBe(8);
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index));
});

test("no item is no work", async () => {
  await inLanes([], () => Promise.reject(new Error("no work was due")));
});
