import type { AnswerSummary } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

/**
 * What a body is of: a `sale` with a secret that could not be read, an answer to the order that was not understood, or
 * somebody else's answer that came to the order (`mismatch`).
 */
export type UnreadOf = "sale" | "order" | "mismatch";

/**
 * - `settled`: an operation was settled, and its transaction is committed.
 * - `key-missing`, `unresolved`, `conflict`: the operator must look at one operation.
 * - `alarm`: the operator must look at the set-up, for example at wrong credentials, or at a sale that is partly off
 *   contract, for example at a key that came as a number.
 * - `unread-dropped`: the body of an answer that was not understood is gone from memory: newer ones need the room.
 * - `settlement-failed`: `onSettled` or the database failed; the queue tries again.
 * - `paused`, `resumed`: the circuit breaker has opened because the hub is down, or has closed again.
 * - `database-failed`: a database error; the queue repeats the failed step.
 */
export type RetryQueueEvents = {
  settled: [settlement: Settlement];
  "key-missing": [settlement: Settlement];
  unresolved: [operation: { txn_id: string }];
  conflict: [conflict: { txn_id: string; settled: string; answered: string }];
  alarm: [alarm: { txn_id: string; answer: AnswerSummary; detail: string }];
  "unread-dropped": [body: { txn_id: string; of: UnreadOf }];
  "settlement-failed": [failure: { txn_id: string; error: unknown }];
  paused: [pause: { reason: string }];
  resumed: [];
  "database-failed": [error: unknown];
};
