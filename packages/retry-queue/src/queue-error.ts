/**
 * The reason for a {@link QueueError}:
 *
 * - `invalid-option`: an option or a policy value is out of range; nothing was opened.
 * - `database-unreachable`: PostgreSQL did not answer; nothing was opened.
 * - `folder-in-use`: another process, or another queue of this process, has the folder open.
 * - `foreign-database`: the folder or the schema has another version or belongs to something else; it was not touched.
 * - `invalid-request`: the contract does not allow the request; nothing was stored or sent.
 * - `conflicting-request`: the `txn_id` belongs to another request; nothing was sent.
 * - `unknown-operation`: the queue has no operation with that `txn_id`.
 * - `wrong-state`: the operation is in a state that does not allow this.
 * - `inside-transaction`: a call of the queue inside `onSettled` or `transaction()`, which would wait for itself.
 * - `closed`: the queue was stopped.
 */
export type QueueErrorCode =
  | "invalid-option"
  | "database-unreachable"
  | "folder-in-use"
  | "foreign-database"
  | "invalid-request"
  | "conflicting-request"
  | "unknown-operation"
  | "wrong-state"
  | "inside-transaction"
  | "closed";

/** Two versions of this package can meet in one program. */
const brand: unique symbol = Symbol.for("@codegames/retry-queue/QueueError") as never;

/** Whether a value is a {@link QueueError}, of this copy of the package or of another. */
const isQueueError = (value: unknown): value is QueueError =>
  typeof value === "object" && value !== null && brand in value;

/**
 * Wrong use, or a database that cannot be opened. Guarantee: when this is thrown, nothing was sent or changed.
 *
 * `instanceof` also recognises a `QueueError` of another copy of this package in the same program.
 */
export class QueueError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === QueueError ? isQueueError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  get [brand](): true {
    return true;
  }
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
