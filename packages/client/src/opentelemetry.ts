import { operations } from "@codegames/contract";
/**
 * Traces and metrics of a client: `createClient({ hooks: openTelemetry(), … })`. Needs the package
 * `@opentelemetry/api`.
 */
import {
  type Attributes,
  context,
  type Meter,
  type MeterProvider,
  metrics,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";
import type { Hooks, OutcomeResult, RequestEvent } from "./hooks.ts";

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** @default the global one */
  tracerProvider?: TracerProvider;
  /** @default the global one */
  meterProvider?: MeterProvider;
}

/**
 * Makes hooks that record a client span per request, pass its context on in `traceparent` and `tracestate`
 * alone (no `baggage`), and measure calls, by the
 * semantic conventions for HTTP clients 1.45. They add `codegames.operation`, `codegames.outcome`, `codegames.reason`,
 * `codegames.status` (if the contract lists it) and `codegames.attempt_id`. They record no body and no credentials.
 *
 * Metrics: the histogram `http.client.request.duration` in seconds, and the counter `codegames.client.calls` by
 * operation, outcome and reason. The counter includes calls that were not sent. The counter
 * `codegames.client.deviations` counts what answers had off contract, by operation and by the contract's own JSON
 * Pointer (`codegames.pointer`).
 */
export function openTelemetry({ tracerProvider, meterProvider }: OpenTelemetryOptions = {}): Hooks {
  const tracer = (tracerProvider ?? trace).getTracer(scope);
  const { duration, calls, deviations } = createInstruments((meterProvider ?? metrics).getMeter(scope));
  const started = new Map<string, { span: Span; attributes: Attributes }>();

  return {
    onRequest(event) {
      const attributes = requestAttributes(event);
      const span = tracer.startSpan(`${event.method} ${event.path}`, {
        kind: SpanKind.CLIENT,
        attributes: { ...attributes, ...callAttributes(event) },
      });
      started.set(event.attemptId, { span, attributes });
      propagation.inject(trace.setSpan(context.active(), span), event.headers, headerSetter);
    },
    onOutcome({ operation, attemptId, result }) {
      const outcome = outcomeAttributes(operation, result);
      calls.add(1, { "codegames.operation": operation, ...outcome });
      for (const { pointer } of result.deviations ?? []) {
        deviations.add(1, { "codegames.operation": operation, "codegames.pointer": pointer });
      }
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

const scope = "@codegames/client";

/**
 * Takes over the trace context alone: a propagator for baggage would hand the hub whatever the application put into it,
 * such as a customer's phone number.
 */
const headerSetter = {
  set(headers: Headers, key: string, value: string) {
    if (/^trace(parent|state)$/i.test(key)) headers.set(key, value);
  },
};

function createInstruments(meter: Meter) {
  return {
    duration: meter.createHistogram("http.client.request.duration", {
      unit: "s",
      description: "Duration of HTTP client requests.",
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    }),
    calls: meter.createCounter("codegames.client.calls", { unit: "{call}", description: "Calls by their outcome." }),
    deviations: meter.createCounter("codegames.client.deviations", {
      unit: "{deviation}",
      description: "Members of answers that are off contract and decide nothing.",
    }),
  };
}

const callAttributes = ({ url, operation, attemptId }: RequestEvent): Attributes => ({
  "url.full": url,
  "codegames.operation": operation,
  "codegames.attempt_id": attemptId,
});

const outcomeAttributes = (operation: string, { outcome, reason, status }: OutcomeResult): Attributes => ({
  "codegames.outcome": outcome,
  ...(reason && { "codegames.reason": reason }),
  ...(isListed(operation, status) && { "codegames.status": status }),
});

/** Whether the contract lists a status. Others are not recorded: a metric would grow a series for each. */
function isListed(operation: string, status: string | undefined): boolean {
  if (status === undefined || !Object.hasOwn(operations, operation)) return false;
  return Object.hasOwn(operations[operation as keyof typeof operations].outcomes, status);
}

function requestAttributes({ method, url, path }: RequestEvent): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": Number(port || (protocol === "https:" ? 443 : 80)),
    "url.template": path,
  };
}

/** A refusal is an answer and not an error, and so is a status that decides nothing. */
function answerAttributes({ outcome, reason, httpStatus }: OutcomeResult): Attributes {
  const isError = (outcome === "unknown" && reason !== "undecided") || outcome === "not-sent";
  const type = httpStatus !== undefined && httpStatus >= 400 ? String(httpStatus) : reason;
  return {
    ...(httpStatus !== undefined && { "http.response.status_code": httpStatus }),
    ...(isError && type && { "error.type": type }),
  };
}
