import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";

interface Timer {
  atMs: number;
  order: number;
  run: () => void;
}

/** Time that moves from one timer to the next, and only when nothing else is left to do. */
export class SimClock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();
  /** Calls of the database under way. */
  underWay = 0;

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

  /** The clock of one process: its timers end with it. */
  forProcess(isAlive: () => boolean): Clock {
    const once = (run: () => void, ms: number) => this.setTimer(() => isAlive() && run(), ms);
    return {
      now: this.now, setTimeout: once, clearTimeout: (timer) => this.clearTimer(timer),
      // Only pg-boss has intervals, for caches and statistics.
      setInterval: () => undefined, clearInterval: () => {},
    };
  }

  /** Lets everything that can go on now go on. */
  async settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 4; quiet = this.underWay === 0 ? quiet + 1 : 0) {
      await setImmediate();
      if (++turns > 100_000) throw new Error(`It does not come to rest: ${this.underWay} calls of the database are under way`);
    }
  }

  /** Goes to the next timer, after `setTime` has told the database; false when there is none until `endMs`. */
  async advance(endMs: number, setTime: (ms: number) => Promise<void>): Promise<boolean> {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) next = timer;
    if (!next || next.atMs > endMs) return false;
    this.#timers.delete(next);
    if (next.atMs > this.#nowMs) {
      this.#nowMs = next.atMs;
      await setTime(this.#nowMs);
    }
    next.run();
    await this.settle();
    return true;
  }
}
