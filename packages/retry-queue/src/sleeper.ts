import type { Clock } from "./options.ts";

/** Sleeps that can all be ended at once. */
export class Sleeper {
  readonly #clock: Clock;
  readonly #asleep = new Set<() => void>();
  #isAwake = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sleep(ms: number): Promise<void> {
    if (this.#isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#clock.clearTimeout(timer);
        this.#asleep.delete(wake);
        resolve();
      };
      const timer = this.#clock.setTimeout(wake, ms);
      this.#asleep.add(wake);
    });
  }

  /** Ends every sleep, and those to come. */
  wakeAll(): void {
    this.#isAwake = true;
    for (const wake of this.#asleep) wake();
  }
}
