/** Time and timers, as pg-boss has them. pg-boss's `TestClock` is one that a test sets by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  setInterval(work: () => void, ms: number): unknown;
  clearInterval(timer: unknown): void;
}
