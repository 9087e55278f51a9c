/** Work that goes on after the call that started it: `stop()` waits for all of it in one place. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();
  readonly #onError: (error: unknown) => void;

  /** `onError` gets the errors of work that nobody awaits. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Starts work that nobody awaits. */
  run(work: () => Promise<unknown>): void {
    void this.track(work).catch(this.#onError);
  }

  /** Starts work for a caller, who gets its result or its error. */
  track<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    const forget = () => void this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  /** Resolves when nothing runs any more, not even work that other work has started meanwhile. */
  async finished(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
