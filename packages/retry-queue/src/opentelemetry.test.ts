import { once } from "node:events";
import { newDatabase } from "@codegames/database";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterAll, expect, inject, test } from "vitest";
import { openRetryQueue, type RetryQueue } from "./index.ts";
import { observeRetryQueue } from "./opentelemetry.ts";

const opened: RetryQueue[] = [];
afterAll(() => Promise.all(opened.map((queue) => queue.stop())));

const common = { retryAfterMs: undefined, problem: undefined, attemptId: "1", elapsedMs: 1, httpStatus: undefined };
const unknown = { ...common, outcome: "unknown", reason: "timeout", status: undefined, detail: "no answer within 1 s" };
const card = { id: 1n, name: "Card", productKey: "FJQR" };
const succeeded = { ...common, outcome: "succeeded", status: "OK", body: { partner_txn_id: "W5", product: card } };
const absent = { ...common, outcome: "absent", status: "TXN_NOT_FOUND", body: {} };
const rejected = { ...common, outcome: "rejected", status: "WRONG_PRICE", body: {} };

/** The answer to a pay, by the beginning of its `txn_id`. */
function payAnswer(txnId: string) {
  if (txnId.startsWith("SOLD")) return succeeded;
  return txnId.startsWith("REFUSED") ? rejected : unknown;
}

async function open(policy = {}, status: () => Promise<object> = async () => unknown): Promise<RetryQueue> {
  const queue = await openRetryQueue({
    client: {
      pay: async ({ txn_id: txnId }) => payAnswer(txnId) as never,
      status: status as never,
    },
    onSettled() {},
    database: await newDatabase(inject("databaseUrl")),
    policy: { attempts: 1, periodSeconds: 1, payTimeoutSeconds: 1, jitter: 0, pollSeconds: 0.05, ...policy },
  });
  opened.push(queue);
  return queue;
}

const pay = (queue: RetryQueue, txn_id: string) => queue.pay({ product_id: 1n, price: 50000, txn_id });

/** Returns a collection as name, without the prefix, unit, attributes and value of each series. */
function collector() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const found = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    return found.flatMap(({ descriptor: { name, unit }, dataPoints }) => {
      const shortName = name.replace(/^codegames\.retry_queue\./, "");
      return dataPoints.map(({ attributes, value }) => [shortName, unit, attributes, value] as const);
    });
  };
  return { meterProvider, collect };
}

const hub = { "codegames.queue": "hub" };

/** Counts the calls of `counts()`. */
function countReads(queue: RetryQueue): () => number {
  let reads = 0;
  const counts = queue.counts.bind(queue);
  queue.counts = () => (reads++, counts());
  return () => reads;
}

test("operations and calls are measured, with one read of the database a collection", async () => {
  const queue = await open();
  const { meterProvider, collect } = collector();
  const reads = countReads(queue);
  const stop = observeRetryQueue(queue, { meterProvider });
  await pay(queue, "LOST-1");
  await queue.start();
  await once(queue, "unresolved");
  await pay(queue, "SOLD-1");
  await pay(queue, "SOLD-2");
  await pay(queue, "REFUSED-1");
  await queue.watch({ txn_id: "OPEN-1" });
  expect(await collect()).toEqual([
    ["pending_operations", "{operation}", hub, 1],
    ["oldest_pending_age", "s", hub, expect.any(Number)],
    ["waiting_operations", "{operation}", { ...hub, "codegames.attention": "unresolved" }, 1],
    ["waiting_operations", "{operation}", { ...hub, "codegames.attention": "key-missing" }, 0],
    ["waiting_operations", "{operation}", { ...hub, "codegames.attention": "conflict" }, 0],
    ["settled_operations", "{operation}", { ...hub, "codegames.outcome": "succeeded" }, 2],
    ["settled_operations", "{operation}", { ...hub, "codegames.outcome": "rejected" }, 1],
    ["settled_operations", "{operation}", { ...hub, "codegames.outcome": "cancelled" }, 0],
    ["checks", "{call}", hub, 1],
    ["paused", "1", hub, 0],
  ]);
  expect(reads()).toBe(1);
  stop();
}, 30_000);

test("a pause is measured until it ends", async () => {
  let isUp = false;
  const queue = await open({ attempts: 100, pauseAfterFailures: 1 }, async () => (isUp ? absent : unknown));
  const { meterProvider, collect } = collector();
  observeRetryQueue(queue, { meterProvider });
  const paused = async () => (await collect()).find(([name]) => name === "paused");
  await pay(queue, "LOST-1");
  expect(await paused()).toEqual(["paused", "1", { "codegames.queue": "hub" }, 0]);
  await Promise.all([once(queue, "paused"), queue.start()]);
  expect((await paused())?.[3]).toBe(1);
  isUp = true;
  await once(queue, "resumed");
  expect((await paused())?.[3]).toBe(0);
}, 30_000);

test("the returned function ends the measurement", async () => {
  const queue = await open();
  const { meterProvider, collect } = collector();
  const reads = countReads(queue);
  const stop = observeRetryQueue(queue, { meterProvider });
  await collect();
  stop();
  await collect();
  expect(reads()).toBe(1);
}, 30_000);

test("a stopped queue makes no collection fail", async () => {
  const queue = await open();
  const { meterProvider, collect } = collector();
  observeRetryQueue(queue, { meterProvider });
  await queue.stop();
  expect(await collect()).toEqual([]);
}, 30_000);
