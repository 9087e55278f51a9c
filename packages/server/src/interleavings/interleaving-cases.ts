import assert from "node:assert/strict";
import type { OpenStore, StoreCase } from "../transaction-store/store-case.ts";
import { classes, enumerate, nameOfClass, type Sample } from "./classes.ts";
import { dialectOf } from "./dialect-of.ts";
import type { Dialect } from "./dialect.ts";
import { replayTogether } from "./replay.ts";

/**
 * Replays schedules of every class against the store: two processes on one `txn_id`, with at most two faults. The model
 * has searched all of them before; here each answer of the store must be the one that it predicts.
 */
export const interleavingCases: StoreCase[] = classes.map((each) => ({
  name: `every interleaving: ${nameOfClass(each)}`,
  async run(open: OpenStore) {
    const clock = { ms: 1_700_000_000_123 };
    const store = await open({ now: () => clock.ms });
    const dialect = await dialectOf(open, store);
    const { violation, samples } = await enumerate(each, dialect);
    assert.equal(violation, undefined);
    for (const [index, group] of groupsOf(samples, dialect).entries()) {
      await replayTogether({ store, clock }, group, `${index}`);
    }
    await store.close();
  },
}));

/** A schedule that keeps a database transaction open while others go on to the next jump of the common clock. */
const isHolder = ({ schedule: { steps } }: Sample): boolean => {
  let isOpen = false;
  return steps.some((step) => {
    if (step.kind === "call" && step.name === "settleWithin") isOpen = step.answer === "yes" && step.fate !== "fails";
    if (step.kind === "ends" || (step.kind === "call" && ["commit", "rollback"].includes(step.name))) isOpen = false;
    return isOpen && step.kind === "jump";
  });
};

/**
 * Which schedules are replayed together. A pool may have ten connections, which must not all be held at once; and of
 * those who hold the only writer of a store, each goes alone.
 */
function groupsOf(samples: readonly Sample[], dialect: Dialect): Sample[][] {
  const holders = samples.filter(isHolder);
  const others = samples.filter((each) => !isHolder(each));
  return [...chunksOf(others, 32), ...chunksOf(holders, dialect.waits.has("settle") ? 1 : 5)];
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const length = Math.ceil(items.length / size);
  return Array.from({ length }, (_, index) => items.slice(index * size, (index + 1) * size));
}
