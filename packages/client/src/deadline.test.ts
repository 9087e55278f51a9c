import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { startDeadline } from "./deadline.ts";

test("clear() leaves no timer and no listener behind", () => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  const deadline = startDeadline(1000, signal);
  expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([1, 1]);
  deadline.clear();
  expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  vi.useRealTimers();
});

test("only the first cutoff counts", () => {
  vi.useFakeTimers();
  const controller = new AbortController();
  const deadline = startDeadline(1000, controller.signal);
  vi.advanceTimersByTime(1000);
  controller.abort();
  expect(deadline.cutoff).toBe("timeout");
  expect(deadline.signal.aborted).toBe(true);
  vi.useRealTimers();
});
