import { expect, test } from "vitest";
import { Background } from "./background.ts";

test("finished() waits for work that other work starts, and for work that fails", async () => {
  const errors: unknown[] = [];
  const done: string[] = [];
  const background = new Background((error) => void errors.push(error));
  let finish = () => {};
  const gate = new Promise<void>((resolve) => (finish = resolve));
  background.run(async () => {
    await gate;
    background.run(async () => {
      await Promise.resolve();
      done.push("inner");
      throw new Error("inner fails");
    });
    done.push("outer");
  });
  const finished = background.finished().then(() => done.push("finished"));
  expect(done).toEqual([]);
  finish();
  await finished;
  expect(done).toEqual(["outer", "inner", "finished"]);
  expect(errors).toEqual([new Error("inner fails")]);
});

test("track() gives its caller the result or the error, and reports no error of its own", async () => {
  const errors: unknown[] = [];
  const background = new Background((error) => void errors.push(error));
  expect(await background.track(async () => 7)).toBe(7);
  await expect(background.track(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  await background.finished();
  expect(errors).toEqual([]);
});
