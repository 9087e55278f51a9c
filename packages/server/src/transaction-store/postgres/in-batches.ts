interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result | Promise<Result>): void;
  reject(error: unknown): void;
}

/** A statement waits no longer than for this many. */
const maxItems = 256;
/** The most batches that are written at the same time. */
const maxBatches = 8;

/**
 * Writes alone what comes alone, at once. Whatever comes while that is being written, is written together afterwards:
 * one round trip and one commit for all. If many fail together, each is tried again alone, so that nobody fails for
 * somebody else; so a write must do no harm when it is repeated after its answer was lost.
 *
 * @param write Resolves to one result for each item.
 */
export function inBatches<Item, Result>(
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
      await endOrMoment(written);
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
async function endOrMoment(written: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moment = new Promise<void>((resolve) => (timer = setTimeout(resolve, 50)));
  await Promise.race([written, moment]);
  clearTimeout(timer);
}

async function writeBatch<Item, Result>(
  batch: Waiting<Item, Result>[],
  write: (items: readonly Item[]) => Promise<Result[]>,
): Promise<void> {
  try {
    const results = await write(batch.map(({ item }) => item));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
  } catch (error) {
    if (batch.length === 1) return batch[0]!.reject(error);
    await Promise.all(batch.map((each) => writeBatch([each], write)));
  }
}
