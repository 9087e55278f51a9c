import { escapeToken } from "./json-pointer.ts";

/** One thing in an answer that is off contract, and that a tolerant reader did without or understood all the same. */
export interface Deviation {
  /**
   * JSON Pointer (RFC 6901) to the value. A name that the contract does not list, and the index of an item, is `*`: so
   * the pointer tells nothing but the contract's own names.
   */
  readonly pointer: string;
  /** The demand of the contract, such as `must be a string`. */
  readonly expected: string;
  /** What came, by its kind: the value itself may be a secret. */
  readonly actual:
    | "missing"
    | "null"
    | "a text"
    | "an empty text"
    | "a number"
    | "zero"
    | "a boolean"
    | "an array"
    | "an empty array"
    | "an object";
}

/** What a tolerant reader has met on its way, and where it is. */
export class Drift {
  readonly deviations: Deviation[] = [];
  /** Whether the value that repeats the request could not be read. */
  isEchoUnread = false;
  /** Whether a secret could not be read, or came as a number. */
  isSecretDoubtful = false;
  readonly #path: string[] = [];

  /** Runs a function within a member, whose name stands in the pointers of its deviations. */
  within<T>(step: string, act: () => T): T {
    this.#path.push(step);
    try {
      return act();
    } finally {
      this.#path.pop();
    }
  }

  note(expected: string, actual: Deviation["actual"]): void {
    const pointer = this.#path.map((step) => `/${escapeToken(step)}`).join("");
    this.deviations.push({ pointer, expected, actual });
  }
}

/** Names the kind of a JSON value. */
export function kindOf(value: unknown): Deviation["actual"] {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  if (typeof value === "number") return value === 0 ? "zero" : "a number";
  return typeof value === "boolean" ? "a boolean" : "an object";
}
