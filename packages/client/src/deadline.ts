/** What ended a call before its answer. */
export type Cutoff = "timeout" | "aborted";

export interface Deadline {
  /** Aborts at the cutoff. */
  readonly signal: AbortSignal;
  /** Undefined while the call may go on. */
  readonly cutoff: Cutoff | undefined;
  /** Gives what the work gives, or rejects at the cutoff, whether or not the work heeds the signal. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Lets go of the timer and of the caller's signal. */
  clear(): void;
}

/** Starts the time of a call. A caller's signal that lives for long keeps no trace of a call that was cleared. */
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
