import { context, createTraceState, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  InMemoryMetricExporter,
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bearer, createClient, type Fetch } from "./index.ts";
import { openTelemetry } from "./opentelemetry.ts";

const order = { product_id: 1n, price: 50000, txn_id: "A-17" };
const sold = '{"status":"OK","partner_txn_id":"W5","product":{"id":1,"name":"Card","productKey":"FJQR"}}';

const spans = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
const meterProvider = new MeterProvider({ readers: [reader] });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
});

beforeEach(async () => {
  await reader.forceFlush();
  metricExporter.reset();
  spans.reset();
});

afterAll(async () => {
  await meterProvider.shutdown();
  context.disable();
  propagation.disable();
});

const clientOf = (fetch: Fetch, auth = bearer("SECRET")) =>
  createClient({
    baseUrl: "https://hub.example/api",
    auth,
    fetch,
    hooks: openTelemetry({ tracerProvider, meterProvider }),
    newAttemptId: () => "a1",
  });

async function metric(name: string) {
  await reader.forceFlush();
  const found = metricExporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return found.find(({ descriptor }) => descriptor.name === name);
}

test("a request is a client span by the semantic conventions, and a child of the active span", async () => {
  let traceparent = "";
  const fetch: Fetch = async (_, init) => (
    (traceparent = new Headers(init.headers).get("traceparent") ?? ""),
    new Response(sold)
  );
  const parent = tracerProvider.getTracer("test").startSpan("purchase");
  await context.with(trace.setSpan(context.active(), parent), () => clientOf(fetch).pay(order));
  const [span] = spans.getFinishedSpans();
  expect(span).toMatchObject({ name: "POST /pay", kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(span?.attributes).toEqual({
    "http.request.method": "POST",
    "server.address": "hub.example",
    "server.port": 443,
    "url.template": "/pay",
    "url.full": "https://hub.example/api/pay",
    "http.response.status_code": 200,
    "codegames.operation": "pay",
    "codegames.attempt_id": "a1",
    "codegames.outcome": "succeeded",
    "codegames.status": "OK",
  });
  expect(span?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
  expect(traceparent).toBe(`00-${parent.spanContext().traceId}-${span?.spanContext().spanId}-01`);
});

test("the trace context leaves with a request, and baggage does not", async () => {
  let sent = new Headers();
  const fetch: Fetch = async (_, init) => ((sent = new Headers(init.headers)), new Response(sold));
  const traceState = createTraceState("vendor=1");
  const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1, traceState };
  const baggage = propagation.createBaggage({ "customer.phone": { value: "+77010000000" } });
  const active = propagation.setBaggage(trace.setSpanContext(context.active(), parent), baggage);
  await context.with(active, () => clientOf(fetch).pay(order));
  expect([...sent.keys()]).toEqual([
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "traceparent",
    "tracestate",
  ]);
  expect(sent.get("tracestate")).toBe("vendor=1");
});

test.each([
  ["HTTP 503", async () => new Response(null, { status: 503 }), "503", "http-status"],
  ["a broken connection", () => Promise.reject(new TypeError("fetch failed")), "connection", "connection"],
  ["a broken answer", async () => new Response("<html>"), "malformed", "malformed"],
])("%s marks the span as an error", async (_, fetch: Fetch, type, reason) => {
  await clientOf(fetch).pay(order);
  const [span] = spans.getFinishedSpans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span?.attributes).toMatchObject({
    "error.type": type,
    "codegames.outcome": "unknown",
    "codegames.reason": reason,
  });
});

test.each(['{"status":"WRONG_PRICE"}', '{"status":"TXN_DUPLICATE"}'])(
  "the answer %s does not mark the span as an error",
  async (answer) => {
    await clientOf(async () => new Response(answer)).pay(order);
    const [span] = spans.getFinishedSpans();
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).not.toHaveProperty("error.type");
    expect(span?.attributes).toHaveProperty(["codegames.status"], JSON.parse(answer).status);
  },
);

test("request durations are in seconds, and calls are counted by outcome even when nothing is sent", async () => {
  const client = clientOf(async () => new Response(sold));
  await client.pay(order);
  await client.pay({ ...order, price: -1 });
  const duration = await metric("http.client.request.duration");
  expect(duration?.descriptor.unit).toBe("s");
  expect(duration?.dataPoints).toHaveLength(1);
  expect(duration?.dataPoints[0]).toMatchObject({
    attributes: {
      "http.request.method": "POST",
      "server.address": "hub.example",
      "server.port": 443,
      "url.template": "/pay",
      "http.response.status_code": 200,
    },
    value: { count: 1 },
  });
  const calls = await metric("codegames.client.calls");
  expect(calls?.dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ "codegames.operation": "pay", "codegames.outcome": "succeeded", "codegames.status": "OK" }, 1],
    [{ "codegames.operation": "pay", "codegames.outcome": "not-sent", "codegames.reason": "invalid-request" }, 1],
  ]);
  expect(spans.getFinishedSpans()).toHaveLength(1);
});

test("a status that the contract does not list is no attribute", async () => {
  await clientOf(async () => new Response('{"status":"SOLD-4711"}')).pay(order);
  expect(spans.getFinishedSpans()[0]?.attributes).not.toHaveProperty(["codegames.status"]);
});

test("spans and metrics hold no credential and no part of a body (E4)", async () => {
  await clientOf(async () => new Response(sold)).pay(order);
  await reader.forceFlush();
  const { resource: _, ...span } = spans.getFinishedSpans()[0] as unknown as Record<string, unknown>;
  const seen = JSON.stringify([span["attributes"], span["events"], span["name"], metricExporter.getMetrics()]);
  expect(seen).toContain("codegames.operation");
  expect(seen).not.toMatch(/FJQR|SECRET|A-17|W5/);
});
