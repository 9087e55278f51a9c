/** Metrics of a queue: `observeRetryQueue(queue)`. Needs the package `@opentelemetry/api`. */
import { type BatchObservableCallback, type MeterProvider, metrics } from "@opentelemetry/api";
import type { RetryQueue } from "./retry-queue.ts";

export interface QueueMetricsOptions {
  /**
   * Receives the metrics.
   *
   * @default the global one
   */
  meterProvider?: MeterProvider;
}

/**
 * Measures a queue until the returned function is called. A collection is one `counts()`. If that fails, because the
 * database is away or the queue was stopped, the collection observes nothing and throws nothing.
 *
 * Gauges of the queue, equal from every process (take the maximum, not the sum); `codegames.queue` is the queue's name:
 *
 * - `codegames.retry_queue.pending_operations`
 * - `codegames.retry_queue.oldest_pending_age` in seconds; 0 when nothing is pending
 * - `codegames.retry_queue.waiting_operations`: operations that wait for the operator, by `codegames.attention`:
 *   `unresolved`, `key-missing`, `conflict`
 * - `codegames.retry_queue.paused`: 1 while the hub counts as down, else 0
 *
 * Counters of this process (take the sum):
 *
 * - `codegames.retry_queue.checks`: status calls that were sent
 * - `codegames.retry_queue.settled_operations`, by `codegames.outcome`: `succeeded`, `rejected`, `cancelled`
 */
export function observeRetryQueue(queue: RetryQueue, { meterProvider }: QueueMetricsOptions = {}): () => void {
  const meter = (meterProvider ?? metrics).getMeter("@codegames/retry-queue");
  const prefix = "codegames.retry_queue";
  const pending = meter.createObservableGauge(`${prefix}.pending_operations`, {
    unit: "{operation}",
    description: "Operations that no answer has decided.",
  });
  const oldest = meter.createObservableGauge(`${prefix}.oldest_pending_age`, {
    unit: "s",
    description: "Age of the oldest pending operation.",
  });
  const waiting = meter.createObservableGauge(`${prefix}.waiting_operations`, {
    unit: "{operation}",
    description: "Operations that wait for the operator, by the reason.",
  });
  const settled = meter.createObservableCounter(`${prefix}.settled_operations`, {
    unit: "{operation}",
    description: "Operations that this process has settled, by their outcome.",
  });
  const checks = meter.createObservableCounter(`${prefix}.checks`, {
    unit: "{call}",
    description: "Calls of /status that this process has sent.",
  });
  const paused = meter.createObservableGauge(`${prefix}.paused`, {
    unit: "1",
    description: "1 while the hub counts as down, else 0.",
  });
  const all = [pending, oldest, waiting, settled, checks, paused];
  const attributes = { "codegames.queue": queue.name };

  const collect: BatchObservableCallback = async (result) => {
    const counts = await queue.counts().catch(() => undefined);
    if (!counts) return;
    result.observe(pending, counts.pending, attributes);
    result.observe(oldest, counts.oldestSeconds, attributes);
    for (const [attention, count] of Object.entries(counts.attention)) {
      result.observe(waiting, count, { ...attributes, "codegames.attention": attention });
    }
    for (const [outcome, count] of Object.entries(counts.settled)) {
      result.observe(settled, count, { ...attributes, "codegames.outcome": outcome });
    }
    result.observe(checks, counts.checks, attributes);
    result.observe(paused, counts.isPaused ? 1 : 0, attributes);
  };

  meter.addBatchObservableCallback(collect, all);
  return () => meter.removeBatchObservableCallback(collect, all);
}
