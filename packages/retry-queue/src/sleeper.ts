import type { Clock } from "./clock.ts";

/** Sleeps that `wakeAll()` ends together. */
export class Sleeper {
  readonly #clock: Clock;
  readonly #sleeping = new Set<() => void>();
  #isAwake = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sleep(ms: number): Promise<void> {
    if (this.#isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#clock.clearTimeout(timer);
        this.#sleeping.delete(wake);
        resolve();
      };
      const timer = this.#clock.setTimeout(wake, ms);
      this.#sleeping.add(wake);
    });
  }

  /** Ends every sleep; later ones end at once. */
  wakeAll(): void {
    this.#isAwake = true;
    for (const wake of this.#sleeping) wake();
  }
}
