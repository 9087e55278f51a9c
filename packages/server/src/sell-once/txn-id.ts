import { ProblemError } from "../problem-error.ts";

/**
 * Refuses an id that a database cannot hold byte for byte (interpretation A8).
 *
 * @throws A {@link ProblemError} with HTTP 400.
 */
export function checkTxnId(txnId: string): void {
  if (txnId.includes("\0") || !txnId.isWellFormed()) {
    throw new ProblemError(400, { detail: "txn_id must be well-formed Unicode without NUL." });
  }
}
