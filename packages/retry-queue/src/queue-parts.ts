import type { Client } from "@codegames/client";
import { JobLeases } from "./inquiry/job-leases.ts";
import { StatusWorker } from "./inquiry/status-worker.ts";
import { OperationReader } from "./operations/operation-reader.ts";
import { OperationStore } from "./operations/operation-store.ts";
import type { QueueContext } from "./operations/queue-context.ts";
import { Settlements } from "./operations/settlements.ts";
import { Operator } from "./operator/operator.ts";
import { Payments } from "./pay/payments.ts";

export type QueueParts = ReturnType<typeof createParts>;

/** Creates the parts of a queue, each from those before it. */
export function createParts(context: QueueContext, client: Pick<Client, "pay" | "status">) {
  const reader = new OperationReader(context);
  const store = new OperationStore(context, reader);
  const settlements = new Settlements(context, store, reader);
  const operator = new Operator(context, reader, store);
  const payments = new Payments(context, client, reader, store, settlements);
  const leases = new JobLeases(context, reader, store);
  const worker = new StatusWorker(context, client, settlements, leases);
  return { reader, store, settlements, operator, payments, leases, worker };
}
