import { describeIssue, type Issue, type Operation } from "@codegames/codec";
import type { Cutoff } from "./deadline.ts";
import type { HttpAnswer, Sending } from "./exchange.ts";
import type { NotSentReason, UnknownReason } from "./result.ts";
import { errorName, isUnreachable } from "./unreachable.ts";

/** A result without the members of its attempt. */
export type Verdict =
  | { outcome: "succeeded" | "rejected" | "absent"; status: string | undefined; body: unknown; httpStatus: number }
  | {
      outcome: "unknown";
      reason: UnknownReason;
      status: string | undefined;
      httpStatus: number | undefined;
      retryAfterMs: number | undefined;
      problem: unknown;
      detail: string;
      body?: unknown;
    }
  | { outcome: "not-sent"; reason: NotSentReason; detail: string };

/** Decides what an answer to a request means. Anything but a clearly documented answer is unknown. */
export function classifyAnswer(operation: Operation, request: unknown, answer: HttpAnswer): Verdict {
  const { httpStatus } = answer;
  const { id } = operation;
  if (answer.isRedirect) {
    const detail = `${id} was answered with a redirect, which is never followed`;
    return unknown("redirect", detail, { retryAfterMs: answer.retryAfterMs, httpStatus: httpStatus || undefined });
  }
  const verdict = classifyBody(operation, request, answer);
  if (httpStatus >= 200 && httpStatus < 300) return verdict;
  if (httpStatus >= 400 && httpStatus < 500 && isRefusal(verdict)) return verdict; // interpretation C7
  const status = "status" in verdict ? verdict.status : undefined;
  // The body contradicts the HTTP code, whatever else it says (interpretations C5, C8).
  const isRefusedRequest = verdict.outcome === "unknown" && status === undefined && refusedRequest.has(httpStatus);
  const detail = `${id} was answered with HTTP ${httpStatus}`;
  const problem = readProblem(operation, answer);
  return unknown(isRefusedRequest ? "request-refused" : "http-status", detail, { ...answer, status, problem });
}

/** Reads the problem details (RFC 9457) of an answer, if the contract describes them so. */
function readProblem({ problems }: Operation, { body, httpStatus }: HttpAnswer): unknown {
  const decoded = typeof body === "string" ? problems[httpStatus]?.decode(body) : undefined;
  return decoded?.ok ? decoded.value : undefined;
}

/** The codes with which a provider refuses a request before it looks at the sale (interpretation C9). */
const refusedRequest = new Set([400, 401, 403, 404, 405, 413, 415, 422]);

/** Classifies a call that ended without an answer. */
export function classifyFailure(
  sending: Sending,
  error: unknown,
  cutoff: Cutoff | undefined,
  timeoutMs: number,
): Verdict {
  const {
    operation: { id },
    isHandedOver,
    httpStatus,
  } = sending;
  if (!isHandedOver) {
    if (cutoff === "aborted") return notSent("aborted", `Cannot send ${id}: the caller aborted it`);
    const why = cutoff ? `within ${timeoutMs} ms` : `(${errorName(error)})`;
    return notSent("no-credentials", `Cannot send ${id}: auth gave no usable headers ${why}`);
  }
  if (cutoff === "timeout") {
    return unknown("timeout", `${id} had no complete answer within ${timeoutMs} ms`, { httpStatus });
  }
  if (cutoff === "aborted") {
    return unknown("aborted", `${id} was aborted by the caller after it was sent`, { httpStatus });
  }
  const name = errorName(error);
  if (httpStatus === undefined && isUnreachable(error)) {
    return notSent("unreachable", `Cannot send ${id}: there is no connection (${name})`);
  }
  return unknown("connection", `The connection broke before ${id} was answered completely (${name})`, { httpStatus });
}

/** Classifies a request that the contract does not allow. */
export function classifyIssue({ id }: Operation, issue: Issue): Verdict {
  return notSent(
    "invalid-request",
    oneLine(`Cannot send ${id}: ${issue.pointer || "the request"} ${describeIssue(issue)}`),
  );
}

export const notSent = (reason: NotSentReason, detail: string): Verdict => ({ outcome: "not-sent", reason, detail });

function unknown(
  reason: UnknownReason,
  detail: string,
  { status, httpStatus, retryAfterMs, problem }: Partial<Verdict & { outcome: "unknown" }>,
): Verdict {
  return { outcome: "unknown", reason, status, httpStatus, retryAfterMs, problem, detail };
}

const isRefusal = (verdict: Verdict) =>
  verdict.outcome === "rejected" ||
  verdict.outcome === "absent" ||
  (verdict.outcome === "unknown" && verdict.reason === "undecided");

function classifyBody(operation: Operation, request: unknown, answer: HttpAnswer): Verdict {
  const { id, outcomes, inquiry, response } = operation;
  const { body: text, httpStatus } = answer;
  if (typeof text !== "string") {
    return text.fault === "too-large"
      ? unknown("too-large", `The answer to ${id} exceeds maxBodyBytes`, answer)
      : unknown("malformed", `The answer to ${id} is not UTF-8`, answer);
  }
  const decoded = response.codec.decode(text);
  if (!decoded.ok) return classifyUndecodable(operation, text, decoded.issue, answer);
  const body: unknown = decoded.value;
  const status = statusOf(body);
  if (!isEcho(operation, request, body)) {
    const detail = `The answer to ${id} is about another ${operation.echo?.property} than was asked for`;
    return unknown("mismatch", detail, { ...answer, status });
  }
  if (Object.keys(outcomes).length === 0) return { outcome: "succeeded", status: undefined, body, httpStatus };
  const outcome = status !== undefined && Object.hasOwn(outcomes, status) ? outcomes[status] : undefined;
  if (!outcome) return unknown("malformed", `The answer to ${id} has no status`, answer);
  if (outcome !== "unknown") return { outcome, status, body, httpStatus };
  const detail = `${status} decides nothing about ${id}${inquiry ? `: ask ${inquiry.operation}` : ""}`;
  return { ...unknown("undecided", detail, { ...answer, status }), body } as Verdict;
}

function classifyUndecodable({ id, outcomes }: Operation, text: string, issue: Issue, answer: HttpAnswer): Verdict {
  const status = statusOf(parse(text));
  if (status !== undefined && Object.keys(outcomes).length > 0 && !Object.hasOwn(outcomes, status)) {
    const detail = `${id} was answered with a status that the contract does not list`;
    return unknown("unrecognised-status", detail, { ...answer, status });
  }
  const place = issue.isForeign ? "a name" : issue.pointer || "the body";
  const detail = oneLine(`The answer to ${id} is off contract: ${place} ${issue.reason}`);
  return unknown("malformed", detail, { ...answer, status });
}

/** Whether an answer repeats the request's value of the echoed property (`x-echo`, interpretation D10). */
function isEcho({ echo }: Operation, request: unknown, body: unknown): boolean {
  if (!echo) return true;
  const answered = echo.path.reduce(member, body);
  return answered === undefined || `${answered as bigint}` === `${member(request, echo.property) as bigint}`;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

function statusOf(body: unknown): string | undefined {
  const status = member(body, "status");
  return typeof status === "string" ? status : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Shortens a text that may hold a long pointer with any character. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").slice(0, 300);
