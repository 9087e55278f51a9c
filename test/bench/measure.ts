/** Calls so often, so many at once. Returns the calls per second. */
export async function measure(call: () => Promise<unknown>, concurrency: number, calls: number): Promise<number> {
  let left = calls;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await call();
    }),
  );
  return (calls / (performance.now() - startedAt)) * 1000;
}
