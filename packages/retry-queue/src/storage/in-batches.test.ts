import { expect, test, vi } from "vitest";
import { inBatches } from "./in-batches.ts";

/** A write whose batches end when the test says so. */
function scene() {
  const batches: { items: readonly string[]; answer: PromiseWithResolvers<string[]> }[] = [];
  const write = inBatches<string, string>(globalThis, (items) => {
    const answer = Promise.withResolvers<string[]>();
    batches.push({ items, answer });
    return answer.promise;
  });
  const end = (index: number) =>
    batches[index]!.answer.resolve(batches[index]!.items.map((item) => item.toUpperCase()));
  return { batches, write, end };
}

test("what comes alone is written at once, and what comes meanwhile in one batch", async () => {
  const { batches, write, end } = scene();
  const written = Promise.all(["a", "b", "c"].map(write));
  expect(batches.map(({ items }) => items)).toEqual([["a"]]);
  end(0);
  await vi.waitFor(() => expect(batches.map(({ items }) => items)).toEqual([["a"], ["b", "c"]]));
  end(1);
  expect(await written).toEqual(["A", "B", "C"]);
});

test("of a batch that fails, each is written again alone", async () => {
  const { batches, write, end } = scene();
  const written = Promise.allSettled(["a", "b", "c"].map(write));
  end(0);
  await vi.waitFor(() => expect(batches).toHaveLength(2));
  batches[1]!.answer.reject(new Error("no connection"));
  await vi.waitFor(() => expect(batches.map(({ items }) => items)).toEqual([["a"], ["b", "c"], ["b"], ["c"]]));
  batches[2]!.answer.reject(new Error("b alone"));
  end(3);
  expect((await written).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
