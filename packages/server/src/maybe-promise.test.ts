import { expect, test, vi } from "vitest";
import { tryOr, whenReady } from "./maybe-promise.ts";

/** A thenable that is no promise: it calls back twice and returns nothing. */
const sloppy = (value: number): Promise<number> =>
  // oxlint-disable-next-line unicorn/no-thenable -- thenables are the subject of these tests
  ({ then: (use: (value: number) => void) => [1, 2].forEach(() => use(value)) }) as never;

test("whenReady() uses a value at once, and that of a promise or thenable once", async () => {
  const use = vi.fn((value: number) => value + 1);
  expect(whenReady(1, use)).toBe(2);
  expect(await whenReady(Promise.resolve(2), use)).toBe(3);
  expect(await whenReady(sloppy(3), use)).toBe(4);
  expect(use).toHaveBeenCalledTimes(3);
});

test("tryOr() recovers from a throw and a rejection, and returns any other result", async () => {
  const failing = () => {
    throw new Error("now");
  };
  const recover = (error: unknown) => (error as Error).message;
  expect(tryOr(failing, recover)).toBe("now");
  expect(await tryOr(() => Promise.reject(new Error("later")), recover)).toBe("later");
  expect(tryOr(() => "done", recover)).toBe("done");
  expect(await tryOr(async () => "done", recover)).toBe("done");
  expect(await tryOr<unknown>(() => sloppy(1), recover)).toBe(1);
});
