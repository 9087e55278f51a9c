import type { Clock } from "../clock.ts";

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result | Promise<Result>): void;
  reject(error: unknown): void;
}

/** The most items that are written together. */
const maxItems = 256;
/** The most batches that are written at the same time. */
const maxBatches = 8;

/**
 * Writes alone what comes alone, at once. Whatever comes while that is being written, is written together
 * afterwards, in one commit. If many fail together, each is tried again alone, so that nobody fails for somebody else;
 * so a write must do no harm when it is repeated after its answer was lost.
 */
export function inBatches<Item, Result>(
  clock: Pick<Clock, "setTimeout" | "clearTimeout">,
  write: (items: readonly Item[]) => Promise<Result[]>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  const running = new Set<Promise<void>>();
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const written = writeBatch(waiting.splice(0, maxItems), write).finally(() => running.delete(written));
      running.add(written);
      await endOrMoment(clock, written);
      if (running.size >= maxBatches) await Promise.race(running);
    }
    isWriting = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isWriting) void writeAll();
    });
}

/** Waits for a batch, but only for a moment: one whose connection is dead holds nobody else up. */
async function endOrMoment(clock: Pick<Clock, "setTimeout" | "clearTimeout">, written: Promise<void>): Promise<void> {
  let timer: unknown;
  const moment = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, 50)));
  await Promise.race([written, moment]);
  clock.clearTimeout(timer);
}

async function writeBatch<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  write: (items: readonly Item[]) => Promise<Result[]>,
): Promise<void> {
  try {
    const results = await write(batch.map(({ item }) => item));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
  } catch (error) {
    if (batch.length === 1) batch[0]!.reject(error);
    else await Promise.all(batch.map((each) => writeBatch([each], write)));
  }
}
