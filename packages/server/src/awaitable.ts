/** A value, or a promise of it. What is there at once is used at once: a chain of promises costs more than most calls. */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with a value, now or when it is there. */
export const proceed = <T, Next>(value: Awaitable<T>, next: (value: T) => Awaitable<Next>): Awaitable<Next> =>
  isPromise(value) ? Promise.resolve(value).then(next) : next(value);

/** Does some work; what it throws, or rejects with, is given to `recover`. */
export function attempt<T>(work: () => Awaitable<T>, recover: (error: unknown) => T): Awaitable<T> {
  try {
    const done = work();
    return isPromise(done) ? Promise.resolve(done).catch(recover) : done;
  } catch (error) {
    return recover(error);
  }
}

/** Whether it has a `then`, as what is no `Promise` may have too. */
export const isPromise = <T>(value: Awaitable<T>): value is Promise<T> => typeof (value as Promise<T> | undefined)?.then === "function";
