/**
 * What went wrong with a use of the queue:
 * - `invalid-option`: an option or a policy value is out of range; nothing was opened.
 * - `database-unreachable`: PostgreSQL did not answer; nothing was opened.
 * - `folder-in-use`: another process, or another queue of this one, has the folder open.
 * - `foreign-database`: the folder or the schema is of another version or of something else; it was not touched.
 * - `invalid-request`: the contract does not allow the request; nothing was stored or sent.
 * - `conflicting-request`: the `txn_id` is that of another request; nothing was sent.
 * - `unknown-operation`: the queue has no operation with that `txn_id`.
 * - `wrong-state`: the operation is not in a state for that.
 * - `inside-transaction`: a call of the queue within `onSettled` or `transaction()`, which would wait for itself.
 * - `closed`: the queue was stopped.
 */
export type QueueErrorCode =
  | "invalid-option" | "database-unreachable" | "folder-in-use" | "foreign-database"
  | "invalid-request" | "conflicting-request" | "unknown-operation" | "wrong-state" | "inside-transaction" | "closed";

/** Wrong use, or a database that cannot be opened: whatever has this, nothing was sent or changed. */
export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
