import { expect, test, vi } from "vitest";
import { inBatches } from "./in-batches.ts";

/** Writes that end when the test says so: it gets each batch, and answers it. */
function scene() {
  const batches: { items: readonly string[]; answer: PromiseWithResolvers<string[]> }[] = [];
  const write = inBatches<string, string>((items) => {
    const answer = Promise.withResolvers<string[]>();
    batches.push({ items, answer });
    return answer.promise;
  });
  const answered = (index: number) => batches[index]!.answer.resolve(batches[index]!.items.map((item) => `${item}!`));
  return { batches, write, answered, itemsOf: () => batches.map(({ items }) => items) };
}

test("what comes alone is written at once, and what comes meanwhile together", async () => {
  const { write, answered, itemsOf } = scene();
  const results = ["a", "b", "c"].map(write);
  expect(itemsOf()).toEqual([["a"]]);
  answered(0);
  expect(await results[0]).toBe("a!");
  await vi.waitFor(() => expect(itemsOf()).toEqual([["a"], ["b", "c"]]));
  answered(1);
  expect(await Promise.all(results)).toEqual(["a!", "b!", "c!"]);
  void write("d");
  await vi.waitFor(() => expect(itemsOf()).toHaveLength(3));
});

test("a batch that is never answered holds nobody up for longer than a moment", async () => {
  const { write, answered, itemsOf } = scene();
  void write("dead");
  const next = write("next");
  await vi.waitFor(() => expect(itemsOf()).toEqual([["dead"], ["next"]]));
  answered(1);
  expect(await next).toBe("next!");
});

test("of a batch that fails, each is tried again alone: nobody fails for somebody else", async () => {
  const { batches, write, answered } = scene();
  const results = Promise.allSettled(["a", "b", "c"].map(write));
  answered(0);
  await vi.waitFor(() => expect(batches).toHaveLength(2));
  batches[1]!.answer.reject(new Error("lock"));
  await vi.waitFor(() => expect(batches).toHaveLength(4));
  batches[2]!.answer.reject(new Error("lock of b"));
  answered(3);
  expect(await results).toEqual([
    { status: "fulfilled", value: "a!" },
    { status: "rejected", reason: new Error("lock of b") },
    { status: "fulfilled", value: "c!" },
  ]);
  expect(batches).toHaveLength(4);
});

test("a batch has at most 256 items, and none is lost", async () => {
  const sizes: number[] = [];
  const write = inBatches<number, number>(async (items) => (sizes.push(items.length), [...items]));
  const items = Array.from({ length: 600 }, (_, index) => index);
  expect(await Promise.all(items.map(write))).toEqual(items);
  expect(sizes).toEqual([1, 256, 256, 87]);
});
