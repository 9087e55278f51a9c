export type { Database, Db } from "./database.ts";
export { QueueError, type QueueErrorCode } from "./queue-error.ts";
export type { Answer, Attention, Operation, OperationState } from "./operation.ts";
export { openRetryQueue } from "./open-retry-queue.ts";
export type { Clock, OnSettled, Policy, RetryQueueOptions } from "./options.ts";
export type { AuditEvent, Schedule } from "./backlog.ts";
export type { Counts, Decision, PayOptions, Payment, RetryQueue, RetryQueueEvents, WatchOptions } from "./retry-queue.ts";
export type { Settlement } from "./settlement.ts";
