import type { Answer } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

/**
 * - `settled`: an operation was settled, and the transaction of it is committed.
 * - `key-missing`, `unresolved`, `conflict`: a person must look; `alarm`: an operator must, such as at wrong credentials.
 * - `settlement-failed`: `onSettled` or the database failed; it is tried again.
 * - `paused`, `resumed`: the hub was found to be down, and to be up again.
 * - `database-failed`: a database error; what it was for is tried again.
 */
export type RetryQueueEvents = {
  settled: [settlement: Settlement];
  "key-missing": [settlement: Settlement];
  unresolved: [operation: { txn_id: string }];
  conflict: [conflict: { txn_id: string; settled: string; answered: string }];
  alarm: [alarm: { txn_id: string; answer: Answer; detail: string }];
  "settlement-failed": [failure: { txn_id: string; error: unknown }];
  paused: [pause: { reason: string }];
  resumed: [];
  "database-failed": [error: unknown];
};
