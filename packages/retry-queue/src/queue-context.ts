import type { Db, Storage } from "./database.ts";
import type { Clock, OnSettled, Policy } from "./options.ts";
import type { RetryQueueEvents } from "./events.ts";

/** Tells a listener; never throws. */
export type Emit = <Event extends keyof RetryQueueEvents>(event: Event, ...args: RetryQueueEvents[Event]) => void;

/** What the parts of one queue share. */
export interface QueueContext {
  readonly storage: Storage;
  readonly name: string;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onSettled: OnSettled;
  readonly emit: Emit;
}

/** The queue of pg-boss that asks, and the one that shows what nobody asks about any more. */
export const statusQueue = ({ name }: Pick<QueueContext, "name">) => `${name}-status`;
export const unresolvedQueue = ({ name }: Pick<QueueContext, "name">) => `${name}-unresolved`;

export const operationTable = ({ storage }: QueueContext) => `${storage.schema}.operation`;

/** The time of the database. */
export const now = ({ storage }: QueueContext) => `${storage.schema}.job_now()`;

/** Adds an entry to the audit trail of an operation. */
export async function noteEvent(context: QueueContext, txnId: string, kind: string, detail: object, tx: Db): Promise<void> {
  await tx.executeSql(`INSERT INTO ${context.storage.schema}.operation_event VALUES ($1, $2, ${now(context)}, $3, $4::jsonb)`, [
    context.name, txnId, kind, JSON.stringify(detail),
  ]);
}
