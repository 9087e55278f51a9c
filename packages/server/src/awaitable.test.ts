import { expect, test, vi } from "vitest";
import { orElse, andThen } from "./awaitable.ts";

/** What calls itself a promise, calls back twice and gives nothing. */
const sloppy = (value: number): Promise<number> => ({ then: (next: (value: number) => void) => (next(value), void next(value)) }) as never;

test("work goes on at once with a value, and once with a promise or what passes for one", async () => {
  const next = vi.fn((value: number) => value + 1);
  expect(andThen(1, next)).toBe(2);
  expect(await andThen(Promise.resolve(2), next)).toBe(3);
  expect(await andThen(sloppy(3), next)).toBe(4);
  expect(next).toHaveBeenCalledTimes(3);
});

test("what a work throws or rejects with is recovered from, and what it gives is given on", async () => {
  const failing = () => {
    throw new Error("now");
  };
  const recover = (error: unknown) => (error as Error).message;
  expect(orElse(failing, recover)).toBe("now");
  expect(await orElse(() => Promise.reject(new Error("later")), recover)).toBe("later");
  expect(orElse(() => "done", recover)).toBe("done");
  expect(await orElse(async () => "done", recover)).toBe("done");
  expect(await orElse<unknown>(() => sloppy(1), recover)).toBe(1);
});
