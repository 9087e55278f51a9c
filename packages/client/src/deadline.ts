/** The reason why a call ended before its answer. */
export type Cutoff = "timeout" | "aborted";

export interface Deadline {
  /** Aborts at the cutoff. */
  readonly signal: AbortSignal;
  /** Undefined while the call may continue. */
  readonly cutoff: Cutoff | undefined;
  /** Waits for the work, and rejects at the cutoff even if the work ignores the signal. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Ends the timer. Removes its listener, so a long-lived signal does not leak. */
  clear(): void;
}

/** Starts the time of a call. */
export function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  let cutoff: Cutoff | undefined;
  let giveUp = (_reason: unknown) => {};
  const cut = (why: Cutoff) => {
    cutoff ??= why;
    controller.abort();
    giveUp(signal.reason);
  };
  const onAbort = () => cut("aborted");
  const timer = setTimeout(() => cut("timeout"), timeoutMs);
  callerSignal?.addEventListener("abort", onAbort);
  if (callerSignal?.aborted) onAbort();
  return {
    signal,
    get cutoff() {
      return cutoff;
    },
    race(work) {
      return new Promise((resolve, reject) => {
        giveUp = reject;
        if (cutoff) reject(signal.reason);
        work.then(resolve, reject);
      });
    },
    clear() {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", onAbort);
    },
  };
}
