/** A value, or a promise of it. What is there at once is used at once: a chain of promises costs more than most calls. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Goes on with a value, now or when it is there. */
export const proceed = <T, Next>(value: Awaitable<T>, next: (value: T) => Awaitable<Next>): Awaitable<Next> =>
  isPromise(value) ? value.then(next) : next(value);

/** Does some work; what it throws, or rejects with, is given to `recover`. */
export function attempt<T>(work: () => Awaitable<T>, recover: (error: unknown) => T): Awaitable<T> {
  try {
    const done = work();
    return isPromise(done) ? done.then(undefined, recover) : done;
  } catch (error) {
    return recover(error);
  }
}

export const isPromise = <T>(value: Awaitable<T>): value is PromiseLike<T> => typeof (value as PromiseLike<T> | undefined)?.then === "function";
