import {
  type AnswerDrift,
  type Deviation,
  describeIssue,
  type Issue,
  type Operation,
  readAnswer,
} from "@codegames/codec";
import type { Cutoff } from "./deadline.ts";
import type { HttpAnswer, Sending } from "./exchange.ts";
import type { NotSentReason, UnknownReason } from "./result.ts";
import { errorName, isUnreachable } from "./unreachable.ts";

/** A result without the members of its attempt. */
export type Verdict =
  | {
      outcome: "succeeded" | "rejected" | "absent";
      status: string | undefined;
      body: unknown;
      httpStatus: number;
      deviations: readonly Deviation[];
    }
  | {
      outcome: "unknown";
      reason: UnknownReason;
      status: string | undefined;
      httpStatus: number | undefined;
      retryAfterMs: number | undefined;
      problem: unknown;
      detail: string;
      deviations: readonly Deviation[];
      body?: unknown;
    }
  | { outcome: "not-sent"; reason: NotSentReason; detail: string };

/** A verdict, and how the secrets of the answer differ from the contract, which the caller sees in `unread`. */
export type AnswerVerdict = Verdict & { secrets?: Pick<AnswerDrift, "isSecretUnread" | "isSecretDoubtful"> };

/** Decides what an answer to a request means. An answer that is off contract in what decides is unknown. */
export function classifyAnswer(operation: Operation, request: unknown, answer: HttpAnswer): AnswerVerdict {
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
  const deviations = "deviations" in verdict ? verdict.deviations : [];
  // The body contradicts the HTTP code, whatever else it says (interpretations C5, C8).
  const isRefusedRequest = verdict.outcome === "unknown" && status === undefined && refusedRequest.has(httpStatus);
  const detail = `${id} was answered with HTTP ${httpStatus}`;
  const problem = readProblem(operation, answer);
  return unknown(isRefusedRequest ? "request-refused" : "http-status", detail, {
    ...answer,
    status,
    problem,
    deviations,
  });
}

/** Reads the problem details (RFC 9457) of an answer, if the contract describes them so. */
function readProblem({ problems }: Operation, { body, httpStatus }: HttpAnswer): unknown {
  const codec = problems[httpStatus];
  const read = codec && typeof body === "string" ? readAnswer(codec, body) : undefined;
  return read?.ok ? read.value : undefined;
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
  { status, httpStatus, retryAfterMs, problem, deviations = [] }: Partial<Verdict & { outcome: "unknown" }>,
): Verdict {
  return { outcome: "unknown", reason, status, httpStatus, retryAfterMs, problem, detail, deviations };
}

const isRefusal = (verdict: Verdict) =>
  verdict.outcome === "rejected" ||
  verdict.outcome === "absent" ||
  (verdict.outcome === "unknown" && verdict.reason === "undecided");

function classifyBody(operation: Operation, request: unknown, answer: HttpAnswer): AnswerVerdict {
  const { id, outcomes, inquiry, response } = operation;
  const { body: text, httpStatus } = answer;
  if (typeof text !== "string") {
    return text.fault === "too-large"
      ? unknown("too-large", `The answer to ${id} exceeds maxBodyBytes`, answer)
      : unknown("malformed", `The answer to ${id} is not in a charset that can be read`, answer);
  }
  const read = readAnswer<unknown>(response.codec, text);
  if (!read.ok) return classifyUndecodable(operation, text, read.issue, answer);
  const { value: body, drift } = read;
  const { deviations } = drift;
  const status = statusOf(body);
  if (drift.isEchoUnread || !isEcho(operation, request, body))
    return mismatch(operation, { ...answer, status, deviations });
  if (Object.keys(outcomes).length === 0) {
    return { outcome: "succeeded", status: undefined, body, httpStatus, deviations, secrets: drift };
  }
  const outcome = status !== undefined && Object.hasOwn(outcomes, status) ? outcomes[status] : undefined;
  if (!outcome) return unknown("malformed", `The answer to ${id} has no status`, answer);
  if (drift.isContradictory && outcome !== "succeeded") {
    const detail = `The answer to ${id} contradicts itself: ${status} with a secret of a sale`;
    return unknown("malformed", detail, { ...answer, status, deviations });
  }
  if (outcome !== "unknown") return { outcome, status, body, httpStatus, deviations, secrets: drift };
  const detail = `${status} decides nothing about ${id}${inquiry ? `: ask ${inquiry.operation}` : ""}`;
  return { ...unknown("undecided", detail, { ...answer, status, deviations }), body } as Verdict;
}

/** An answer about something else than was asked for. It is withheld. */
export function mismatch(
  { id, echo, inquiry }: Operation,
  answer: Partial<Verdict & { outcome: "unknown" }>,
  another = echo?.property ?? inquiry?.by ?? "request",
): Verdict {
  return unknown("mismatch", `The answer to ${id} is about another ${another} than was asked for`, answer);
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
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** Shortens a text that may hold a long pointer with any character. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").slice(0, 300);
