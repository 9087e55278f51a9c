import { expect, test, vi } from "vitest";
import { startDeadline } from "./deadline.ts";

test("a deadline that was cleared leaves no timer and no listener behind", () => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  const remove = vi.spyOn(signal, "removeEventListener");
  startDeadline(1000, signal).clear();
  expect(vi.getTimerCount()).toBe(0);
  expect(remove).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test("the first cutoff is the one that counts", () => {
  vi.useFakeTimers();
  const controller = new AbortController();
  const deadline = startDeadline(1000, controller.signal);
  vi.advanceTimersByTime(1000);
  controller.abort();
  expect(deadline.cutoff).toBe("timeout");
  expect(deadline.signal.aborted).toBe(true);
  vi.useRealTimers();
});
