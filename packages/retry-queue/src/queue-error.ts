/**
 * Why the queue refused a call:
 *
 * - `invalid-option`: an option or a policy value is out of range; nothing was opened.
 * - `database-unreachable`: PostgreSQL did not answer; nothing was opened.
 * - `folder-in-use`: another process, or another queue of this process, has the folder open.
 * - `foreign-database`: the folder or the schema belongs to another version or to something else; it was not touched.
 * - `migration-failed`: the tables could not be made, or brought to this version; nothing has changed.
 * - `invalid-request`: the contract does not allow the request; nothing was stored or sent.
 * - `conflicting-request`: the `txn_id` belongs to another request; nothing was sent.
 * - `unknown-operation`: the queue has no operation with this `txn_id`.
 * - `wrong-state`: the state of the operation does not allow the call.
 * - `inside-transaction`: the queue was called within `onSettled` or `transaction()`, and would wait for itself.
 * - `closed`: the queue was stopped.
 */
export type QueueErrorCode =
  | "invalid-option"
  | "database-unreachable"
  | "folder-in-use"
  | "foreign-database"
  | "migration-failed"
  | "invalid-request"
  | "conflicting-request"
  | "unknown-operation"
  | "wrong-state"
  | "inside-transaction"
  | "closed";

/** Another copy of this package in the same program brands its errors with the same symbol. */
const brand = Symbol.for("@codegames/retry-queue/QueueError");

/** Wrong use, or a database that cannot be opened. Guarantee: when this is thrown, nothing was sent or changed. */
export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;

  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  constructor(code: QueueErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  /** Makes `instanceof` accept the errors of another copy of this package too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isQueueError(value);
  }
}

/** Whether a value is a {@link QueueError}, of this copy of the package or of another one in the same program. */
export function isQueueError(value: unknown): value is QueueError {
  return typeof value === "object" && value !== null && brand in value;
}
