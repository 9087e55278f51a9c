import { describeIssue, type Issue, type Operation } from "@codegames/contract";
import type { Cutoff } from "./deadline.ts";
import type { Answer, Progress } from "./exchange.ts";
import type { NotSentReason, UnknownReason } from "./result.ts";
import { isUnreachable, nameOf } from "./unreachable.ts";

/** A result without its attempt. */
export type Verdict =
  | { outcome: "succeeded" | "rejected" | "absent"; status: string | undefined; body: unknown; httpStatus: number }
  | {
      outcome: "unknown";
      reason: UnknownReason;
      status: string | undefined;
      httpStatus: number | undefined;
      detail: string;
      body?: unknown;
    }
  | { outcome: "not-sent"; reason: NotSentReason; detail: string };

/** Reads what an answer decides. Whatever is not clearly a documented answer is unknown. */
export function classifyAnswer(operation: Operation, answer: Answer): Verdict {
  const { httpStatus } = answer;
  const { id } = operation;
  if (answer.isRedirect) {
    const detail = `${id} was answered with a redirect, which is never followed`;
    return unknown("redirect", detail, { httpStatus: httpStatus || undefined });
  }
  const verdict = classifyBody(operation, answer);
  if (httpStatus >= 200 && httpStatus < 300) return verdict;
  if (httpStatus >= 400 && httpStatus < 500 && isRefusal(verdict)) return verdict; // reading C7
  const status = "status" in verdict ? verdict.status : undefined;
  // Readings C5 and C8: whatever else the body says, it contradicts the HTTP code.
  return unknown("http-status", `${id} was answered with HTTP ${httpStatus}`, { httpStatus, status });
}

/** Reads what it means that there is no answer. */
export function classifyFailure(
  { id }: Operation,
  error: unknown,
  { isHandedOver, httpStatus }: Progress,
  cutoff: Cutoff | undefined,
  timeoutMs: number,
): Verdict {
  if (!isHandedOver) {
    if (cutoff === "aborted") return notSent("aborted", `Cannot send ${id}: the caller aborted it`);
    const why = cutoff ? `within ${timeoutMs} ms` : `(${nameOf(error)})`;
    return notSent("no-credentials", `Cannot send ${id}: auth gave no usable headers ${why}`);
  }
  if (cutoff === "timeout") {
    return unknown("timeout", `${id} had no complete answer within ${timeoutMs} ms`, { httpStatus });
  }
  if (cutoff === "aborted") {
    return unknown("aborted", `${id} was aborted by the caller after it was sent`, { httpStatus });
  }
  const name = nameOf(error);
  if (httpStatus === undefined && isUnreachable(error)) {
    return notSent("unreachable", `Cannot send ${id}: there is no connection (${name})`);
  }
  return unknown("connection", `The connection broke before ${id} was answered completely (${name})`, { httpStatus });
}

/** A request that the contract does not allow. */
export function classifyIssue({ id }: Operation, issue: Issue): Verdict {
  return notSent("invalid-request", oneLine(`Cannot send ${id}: ${issue.pointer || "the request"} ${describeIssue(issue)}`));
}

export const notSent = (reason: NotSentReason, detail: string): Verdict => ({ outcome: "not-sent", reason, detail });

function unknown(
  reason: UnknownReason,
  detail: string,
  { httpStatus, status }: { httpStatus: number | undefined; status?: string | undefined },
): Verdict {
  return { outcome: "unknown", reason, status, httpStatus, detail };
}

const isRefusal = (verdict: Verdict) =>
  verdict.outcome === "rejected" ||
  verdict.outcome === "absent" ||
  (verdict.outcome === "unknown" && verdict.reason === "undecided");

function classifyBody(operation: Operation, { body: text, httpStatus }: Answer): Verdict {
  const { id, outcomes, inquiry, response } = operation;
  if (typeof text !== "string") {
    return text.fault === "too-large"
      ? unknown("too-large", `The answer to ${id} exceeds maxBodyBytes`, { httpStatus })
      : unknown("malformed", `The answer to ${id} is not UTF-8`, { httpStatus });
  }
  const decoded = response.codec.decode(text);
  if (!decoded.ok) return classifyUndecodable(operation, text, decoded.issue, httpStatus);
  const body: unknown = decoded.value;
  if (Object.keys(outcomes).length === 0) return { outcome: "succeeded", status: undefined, body, httpStatus };
  const status = statusOf(body);
  const outcome = status !== undefined && Object.hasOwn(outcomes, status) ? outcomes[status] : undefined;
  if (!outcome) return unknown("malformed", `The answer to ${id} has no status`, { httpStatus });
  if (outcome !== "unknown") return { outcome, status, body, httpStatus };
  const detail = `${status} decides nothing about ${id}${inquiry ? `: ask ${inquiry.operation}` : ""}`;
  return { outcome, reason: "undecided", status, body, httpStatus, detail };
}

function classifyUndecodable({ id, outcomes }: Operation, text: string, issue: Issue, httpStatus: number): Verdict {
  const status = statusOf(parse(text));
  if (status !== undefined && Object.keys(outcomes).length > 0 && !Object.hasOwn(outcomes, status)) {
    const detail = `${id} was answered with a status that the contract does not list`;
    return unknown("unrecognised-status", detail, { httpStatus, status });
  }
  const detail = oneLine(`The answer to ${id} is off contract: ${issue.pointer || "the body"} ${issue.reason}`);
  return unknown("malformed", detail, { httpStatus, status });
}

function statusOf(body: unknown): string | undefined {
  const status: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "status") : undefined;
  return typeof status === "string" ? status : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A pointer can hold any character, and be long. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").slice(0, 300);
