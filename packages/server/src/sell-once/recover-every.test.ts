import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recoverEvery } from "./recover-every.ts";
import type { Recovery } from "./recover.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nothing: Recovery = { decided: 0, errors: [] };

test("recovers now, and again a period after each end", async () => {
  const { promise, resolve } = Promise.withResolvers<Recovery>();
  const recover = vi.fn<() => Promise<Recovery>>().mockReturnValueOnce(promise).mockResolvedValue(nothing);
  const stop = recoverEvery(recover, 1000);
  expect(recover).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(recover).toHaveBeenCalledTimes(1);
  resolve(nothing);
  await vi.advanceTimersByTimeAsync(999);
  expect(recover).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(recover).toHaveBeenCalledTimes(2);
  await stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(recover).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("tells each error, and goes on", async () => {
  const [first, second] = [new Error("one pay"), new Error("the store")];
  const recover = vi.fn<() => Promise<Recovery>>();
  recover
    .mockResolvedValueOnce({ decided: 0, errors: [first] })
    .mockRejectedValueOnce(second)
    .mockResolvedValue(nothing);
  const onError = vi.fn<(error: unknown) => void>(() => {
    throw new Error("of the hook");
  });
  const stop = recoverEvery(recover, 1000, { onError });
  await vi.advanceTimersByTimeAsync(2000);
  expect(onError.mock.calls).toEqual([[first], [second]]);
  expect(recover).toHaveBeenCalledTimes(3);
  await stop();
});

test("stopping waits for the one that runs, and starts no other", async () => {
  const { promise, resolve } = Promise.withResolvers<Recovery>();
  const recover = vi.fn<() => Promise<Recovery>>(() => promise);
  let isStopped = false;
  const stopping = recoverEvery(recover, 1000)().then(() => (isStopped = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(isStopped).toBe(false);
  resolve(nothing);
  await stopping;
  expect(vi.getTimerCount()).toBe(0);
});

test.each([0, 0.5, -1, Number.NaN, 2 ** 31])("a period of %d ms is refused", (periodMs) => {
  expect(() => recoverEvery(async () => nothing, periodMs)).toThrow(/^Cannot recover: periodMs must be .*, is /);
});
