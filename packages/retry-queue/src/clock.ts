/** Time and timers of a queue, as pg-boss declares them: its `TestClock` is a clock that a test moves by hand. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  setInterval(work: () => void, ms: number): unknown;
  clearInterval(timer: unknown): void;
}
