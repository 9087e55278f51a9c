/** How many items are worked on at the same time: each settlement is a transaction and runs `onSettled`. */
const lanes = 8;

/** Works on items, a few at a time. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: Math.min(lanes, items.length) }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
