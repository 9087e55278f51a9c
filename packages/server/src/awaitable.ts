/**
 * A value, or a promise of it.
 *
 * Most calls need no promise: the provider and `auth` often answer at once, and a chain of promises costs more CPU than the
 * rest of such a call. So the handler is written with `andThen` and `orElse`, which wait only where there is something to
 * wait for: `await` would always wait.
 */
export type Awaitable<T> = T | Promise<T>;

/** Continues with a value: now, or when its promise resolves. */
export const andThen = <T, Next>(value: Awaitable<T>, next: (value: T) => Awaitable<Next>): Awaitable<Next> =>
  isThenable(value) ? Promise.resolve(value).then(next) : next(value);

/** Runs work, and turns an error or a rejection into a value. */
export function orElse<T>(work: () => Awaitable<T>, recover: (error: unknown) => T): Awaitable<T> {
  try {
    const result = work();
    return isThenable(result) ? Promise.resolve(result).catch(recover) : result;
  } catch (error) {
    return recover(error);
  }
}

/** Whether the value is a thenable (not necessarily a `Promise`). */
export const isThenable = <T>(value: Awaitable<T>): value is Promise<T> =>
  typeof (value as Promise<T> | undefined)?.then === "function";
