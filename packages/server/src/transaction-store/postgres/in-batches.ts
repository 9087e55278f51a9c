interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result | Promise<Result>): void;
  reject(error: unknown): void;
}

/** A statement waits no longer than for this many. */
const maxItems = 256;

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
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) await writeBatch(waiting.splice(0, maxItems), write);
    isWriting = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isWriting) void writeAll();
    });
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
