import { ProblemError } from "../problem-error.ts";

/** Refuses a `txn_id` that a database would change: it must compare byte for byte (interpretation A8). */
export function checkTxnId(txnId: string): void {
  if (txnId.includes("\0") || !txnId.isWellFormed()) {
    throw new ProblemError(400, { detail: "txn_id must be well-formed Unicode without NUL." });
  }
}
