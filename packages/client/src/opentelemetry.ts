/** Traces and metrics of a client: `createClient({ hooks: openTelemetry(), … })`. Needs the package `@opentelemetry/api`. */
import {
  type Attributes, context, type MeterProvider, metrics, propagation, type Span, SpanKind, SpanStatusCode, trace, type TracerProvider,
} from "@opentelemetry/api";
import { operations } from "@codegames/contract";
import type { Hooks, OutcomeResult, RequestEvent } from "./hooks.ts";

/** Where traces and metrics go. */
export interface OpenTelemetryOptions {
  /** Default: the global one. */
  tracerProvider?: TracerProvider;
  /** Default: the global one. */
  meterProvider?: MeterProvider;
}

/**
 * Hooks that make a client span of each request, hand its context on in `traceparent`, and measure, all by the semantic
 * conventions for HTTP clients 1.45; beside them `codegames.operation`, `codegames.outcome`, `codegames.reason`,
 * `codegames.status` (one that the contract lists) and `codegames.attempt_id`. Nothing of a body and no credential is recorded.
 *
 * Metrics: the histogram `http.client.request.duration` in seconds, and the counter `codegames.client.calls` by operation,
 * outcome and reason, which also counts the calls that are not sent.
 */
export function openTelemetry({ tracerProvider, meterProvider }: OpenTelemetryOptions = {}): Hooks {
  const name = "@codegames/client";
  const tracer = (tracerProvider ?? trace).getTracer(name);
  const meter = (meterProvider ?? metrics).getMeter(name);
  const duration = meter.createHistogram("http.client.request.duration", {
    unit: "s",
    description: "Duration of HTTP client requests.",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
  });
  const calls = meter.createCounter("codegames.client.calls", { unit: "{call}", description: "Calls by their outcome." });
  const started = new Map<string, { span: Span; attributes: Attributes }>();

  return {
    onRequest(event) {
      const attributes = requestAttributes(event);
      const span = tracer.startSpan(`${event.method} ${event.path}`, {
        kind: SpanKind.CLIENT,
        attributes: { ...attributes, "url.full": event.url, "codegames.operation": event.operation, "codegames.attempt_id": event.attemptId },
      });
      started.set(event.attemptId, { span, attributes });
      propagation.inject(trace.setSpan(context.active(), span), event.headers, { set: (headers, key, value) => headers.set(key, value) });
    },
    onOutcome({ operation, attemptId, result }) {
      const { reason, status } = result;
      const outcome: Attributes = {
        "codegames.outcome": result.outcome, ...(reason && { "codegames.reason": reason }), ...(isListed(operation, status) && { "codegames.status": status }),
      };
      calls.add(1, { "codegames.operation": operation, ...outcome });
      const sent = started.get(attemptId);
      if (!sent) return;
      started.delete(attemptId);
      const answer = answerAttributes(result);
      duration.record(result.elapsedMs / 1000, { ...sent.attributes, ...answer });
      sent.span.setAttributes({ ...answer, ...outcome });
      if (answer["error.type"]) sent.span.setStatus({ code: SpanStatusCode.ERROR });
      sent.span.end();
    },
  };
}

/** What an answer calls a status can be anything, and a metric must not grow a series for each. */
const isListed = (operation: string, status: string | undefined) =>
  status !== undefined && Object.hasOwn(operations, operation) && Object.hasOwn(operations[operation as keyof typeof operations].outcomes, status);

function requestAttributes({ method, url, path }: RequestEvent): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": Number(port || (protocol === "https:" ? 443 : 80)),
    "url.template": path,
  };
}

/** A refusal is an answer and no error; a status that decides nothing is none either. */
function answerAttributes({ outcome, reason, httpStatus }: OutcomeResult): Attributes {
  const isError = (outcome === "unknown" && reason !== "undecided") || outcome === "not-sent";
  const type = httpStatus !== undefined && httpStatus >= 400 ? String(httpStatus) : reason;
  return { ...(httpStatus !== undefined && { "http.response.status_code": httpStatus }), ...(isError && type && { "error.type": type }) };
}
