import type { Background } from "./background.ts";
import { QueueError } from "./queue-error.ts";
import { isInTransaction } from "./storage/transaction.ts";

/** Runs the calls of the application, which `stop()` waits for, and refuses those that cannot be run. */
export class PublicCalls {
  readonly #background: Background;
  #isClosed = false;

  constructor(background: Background) {
    this.#background = background;
  }

  /**
   * Runs a call. `usesGivenDb`: it works in the caller's own transaction.
   *
   * @throws A {@link QueueError} with code `inside-transaction` or `closed`; the call has not begun.
   */
  async run<T>(work: () => Promise<T>, usesGivenDb = false): Promise<T> {
    if (isInTransaction() && !usesGivenDb) {
      throw new QueueError(
        "inside-transaction",
        "Cannot use the queue inside its own transaction, because it would wait for itself: " +
          "use the given tx, or call it afterwards",
      );
    }
    if (this.#isClosed) throw new QueueError("closed", "The queue was stopped");
    return this.#background.track(work);
  }

  /** Refuses every later call. */
  close(): void {
    this.#isClosed = true;
  }
}
