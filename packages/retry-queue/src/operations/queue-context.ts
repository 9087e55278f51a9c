import type { Background } from "../background.ts";
import type { Clock } from "../clock.ts";
import type { Policy } from "../policy.ts";
import type { Storage } from "../storage/database.ts";
import type { RetryQueueEvents } from "./events.ts";
import type { OnSettled } from "./settlement.ts";

/** Emits an event; never throws. */
export type Emit = <Event extends keyof RetryQueueEvents>(event: Event, ...args: RetryQueueEvents[Event]) => void;

/** The parts that all classes of one queue share. */
export interface QueueContext {
  readonly storage: Storage;
  readonly name: string;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onSettled: OnSettled;
  readonly emit: Emit;
  /** Work that `stop()` waits for; its errors become `database-failed` events. */
  readonly background: Background;
}

/** The pg-boss queue whose jobs ask `/status`. */
export const statusQueue = ({ name }: Pick<QueueContext, "name">) => `${name}-status`;

/** The pg-boss queue that shows the unresolved operations; no worker leases its jobs. */
export const unresolvedQueue = ({ name }: Pick<QueueContext, "name">) => `${name}-unresolved`;
