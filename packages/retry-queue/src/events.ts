import type { RecordedAnswer } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

/**
 * The events of a queue:
 *
 * - `settled`: an operation was settled, and its transaction is committed.
 * - `key-missing`, `unresolved`, `conflict`: a person must look.
 * - `alarm`: an operator must act, for example because of wrong credentials.
 * - `settlement-failed`: `onSettled` or the database failed; the queue retries automatically.
 * - `paused`, `resumed`: the hub is down (the circuit is open), or up again.
 * - `database-failed`: a database error; the queue retries automatically.
 */
export type RetryQueueEvents = {
  settled: [settlement: Settlement];
  "key-missing": [settlement: Settlement];
  unresolved: [operation: { txn_id: string }];
  conflict: [conflict: { txn_id: string; settled: string; answered: string }];
  alarm: [alarm: { txn_id: string; answer: RecordedAnswer; detail: string }];
  "settlement-failed": [failure: { txn_id: string; error: unknown }];
  paused: [pause: { reason: string }];
  resumed: [];
  "database-failed": [error: unknown];
};
