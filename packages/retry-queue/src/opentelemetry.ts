/** Metrics of a queue: `observeRetryQueue(queue)`. Needs the package `@opentelemetry/api`. */
import { type BatchObservableCallback, type Meter, type MeterProvider, metrics } from "@opentelemetry/api";
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
  const instruments = createInstruments(meter);
  const { pending, oldest, waiting, settled, checks, paused } = instruments;
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

  const all = Object.values(instruments);
  meter.addBatchObservableCallback(collect, all);
  return () => meter.removeBatchObservableCallback(collect, all);
}

function createInstruments(meter: Meter) {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`codegames.retry_queue.${name}`, { unit, description });
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(`codegames.retry_queue.${name}`, { unit, description });
  return {
    pending: gauge("pending_operations", "{operation}", "Operations that no answer has decided."),
    oldest: gauge("oldest_pending_age", "s", "Age of the oldest pending operation."),
    waiting: gauge("waiting_operations", "{operation}", "Operations that wait for the operator, by the reason."),
    settled: counter(
      "settled_operations",
      "{operation}",
      "Operations that this process has settled, by their outcome.",
    ),
    checks: counter("checks", "{call}", "Calls of /status that this process has sent."),
    paused: gauge("paused", "1", "1 while the hub counts as down, else 0."),
  };
}
