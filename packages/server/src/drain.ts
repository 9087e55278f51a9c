import type { HandlerResponse } from "./http.ts";

/** The work of one handler that is under way, and its end. Reading B14. */
export class Drain {
  /** Whether new calls are refused. */
  hasBegun = false;
  /** How many calls are under way. */
  count = 0;
  readonly #isOver = Promise.withResolvers<void>();

  /** Refuses new calls from now on. Resolves once nothing is under way. */
  begin(): Promise<void> {
    this.hasBegun = true;
    if (this.count === 0) this.#isOver.resolve();
    return this.#isOver.promise;
  }

  /** Counts a call or a method, until `leave`. */
  enter(): void {
    this.count++;
  }

  leave(): void {
    this.count--;
    if (this.hasBegun) void this.begin();
  }
}

/** The answer behind which the connection closes, so that no further request comes on it. */
export const lastOnConnection = (answer: HandlerResponse): HandlerResponse => ({
  ...answer,
  headers: { ...answer.headers, connection: "close" },
});
