/** Metrics of a queue: `observeRetryQueue(queue)`. Needs the package `@opentelemetry/api`. */
import { type BatchObservableCallback, type MeterProvider, metrics } from "@opentelemetry/api";
import type { RetryQueue } from "./retry-queue.ts";

/** Options of {@link observeRetryQueue}. */
export interface QueueMetricsOptions {
  /** @default the global one */
  meterProvider?: MeterProvider;
}

/**
 * Measures a queue until the returned function is called. Each collection is one `counts()`. When that fails, because the
 * database is unreachable or the queue was stopped, nothing is observed and nothing thrown.
 *
 * Gauges of the whole queue, the same from every process (take the largest, not the sum), with the queue's name as
 * `codegames.queue`:
 *
 * - `codegames.retry_queue.pending_operations`;
 * - `codegames.retry_queue.oldest_pending_age` in seconds, 0 when nothing is pending;
 * - `codegames.retry_queue.waiting_operations`, those that wait for a person, by `codegames.attention`: `unresolved`,
 *   `key-missing`, `conflict`;
 * - `codegames.retry_queue.paused`, 1 while the circuit is open because the hub is down.
 *
 * Counters of this process (take the sum):
 *
 * - `codegames.retry_queue.checks`, calls of `/status` that were sent;
 * - `codegames.retry_queue.settled_operations` by `codegames.outcome`: `succeeded`, `rejected`, `cancelled`.
 */
export function observeRetryQueue(queue: RetryQueue, { meterProvider }: QueueMetricsOptions = {}): () => void {
  const meter = (meterProvider ?? metrics).getMeter("@codegames/retry-queue");
  const prefix = "codegames.retry_queue";
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`${prefix}.${name}`, { unit, description });
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(`${prefix}.${name}`, { unit, description });
  const pending = gauge("pending_operations", "{operation}", "Operations that no answer has decided.");
  const oldest = gauge("oldest_pending_age", "s", "Age of the oldest pending operation.");
  const waiting = gauge("waiting_operations", "{operation}", "Operations that wait for a person, by reason.");
  const settled = counter("settled_operations", "{operation}", "Operations that this process settled, by outcome.");
  const checks = counter("checks", "{call}", "Calls of /status that this process sent.");
  const paused = gauge("paused", "1", "1 while the hub is down, else 0.");
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
