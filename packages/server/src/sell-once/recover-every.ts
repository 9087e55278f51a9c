import { errorToTell } from "../error-to-tell.ts";
import type { Recovery } from "./recover.ts";

/** What `recoverEvery` tells. */
export interface RecoverEveryOptions {
  /**
   * Is called with the error of each pay that could not be decided, and of a store that cannot be read, without product
   * keys, as `onError` of a handler is. Its own errors are dropped. Without it, nobody learns of them.
   */
  onError?: (error: Error) => void;
}

/** Recovers now, and again `periodMs` after each end. Returns how to stop, which waits for the pay under way. */
export function recoverEvery(
  recover: (signal: AbortSignal) => Promise<Recovery>,
  periodMs: number,
  { onError }: RecoverEveryOptions = {},
): () => Promise<void> {
  if (!(Number.isInteger(periodMs) && periodMs >= 1 && periodMs <= 2_147_483_647)) {
    throw new TypeError(`Cannot recover: periodMs must be a whole number from 1 to 2147483647, is ${periodMs}`);
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = new AbortController();
  const tell = (error: Error): void => {
    try {
      onError?.(error);
    } catch {}
  };
  const run = async (): Promise<void> => {
    try {
      for (const error of (await recover(stop.signal)).errors) tell(error);
    } catch (error) {
      tell(errorToTell(error));
    }
    if (!stop.signal.aborted) timer = setTimeout(start, periodMs).unref();
  };
  let running = run();
  const start = (): void => void (running = run());
  return () => {
    stop.abort();
    clearTimeout(timer);
    return running;
  };
}
