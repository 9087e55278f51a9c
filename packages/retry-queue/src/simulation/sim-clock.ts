import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";

interface Timer {
  atMs: number;
  order: number;
  run: () => void;
}

/** A clock that jumps from one timer to the next, and only when nothing else can continue. */
export class SimClock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();
  /** Database calls under way. */
  callsUnderWay = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  setTimer(run: () => void, ms: number): Timer {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, ms));
  }

  /** Makes the clock of one process: its timers end with the process. */
  forProcess(isAlive: () => boolean): Clock {
    const once = (run: () => void, ms: number) => this.setTimer(() => isAlive() && run(), ms);
    return {
      now: this.now,
      setTimeout: once,
      clearTimeout: (timer) => this.clearTimer(timer),
      // Only pg-boss sets intervals, for caches and statistics.
      setInterval: () => undefined,
      clearInterval: () => {},
    };
  }

  /** Lets everything continue that can continue now. */
  async settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 4; quiet = this.callsUnderWay === 0 ? quiet + 1 : 0) {
      await setImmediate();
      if (++turns <= 100_000) continue;
      throw new Error(`The simulation does not come to rest: ${this.callsUnderWay} database calls are under way`);
    }
  }

  /**
   * Jumps to the next time at which timers are due, and runs them all: what they start meets. Sets the database's time
   * first. Returns false when no timer is due until `endMs`.
   */
  async advance(endMs: number, setTime: (ms: number) => Promise<void>): Promise<boolean> {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.atMs < next.atMs) next = timer;
    if (!next || next.atMs > endMs) return false;
    const { atMs } = next;
    if (atMs > this.#nowMs) {
      this.#nowMs = atMs;
      await setTime(this.#nowMs);
    }
    const due = [...this.#timers].filter((timer) => timer.atMs <= atMs).toSorted((a, b) => a.order - b.order);
    // One of them can clear another one.
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
    await this.settle();
    return true;
  }
}
