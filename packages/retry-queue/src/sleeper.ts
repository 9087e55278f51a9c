import type { Clock } from "./clock.ts";

/** Sleeps that end all at once on demand. */
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

  /** Ends every sleep, now and from now on. */
  wakeAll(): void {
    this.#isAwake = true;
    for (const wake of this.#asleep) wake();
  }
}
