import type { Operation } from "@codegames/codec";
import {
  type AnswerVerdict,
  classifyAnswer,
  classifyFailure,
  classifyIssue,
  mismatch,
  notSent,
  type Verdict,
} from "./classify.ts";
import { startDeadline } from "./deadline.ts";
import { createExchange, type HttpAnswer, type Sending } from "./exchange.ts";
import { copyOf } from "./hooks.ts";
import { withholdRefusal } from "./not-final.ts";
import { type CallOptions, type ClientOptions, readOptions, type Settings } from "./options.ts";
import { References } from "./references.ts";
import type { RequestOf, Result } from "./result.ts";
import { keepUnread, type Unread } from "./unread.ts";

/** Calls an operation: at most one request on the wire, and always a result. It never rejects. */
export type Call = <const Op extends Operation>(
  operation: Op,
  request: RequestOf<Op>,
  options?: CallOptions,
) => Promise<Result<Op>>;

/**
 * Makes the function under every method of a generated client.
 *
 * @throws A `TypeError` that names the option when an option is wrong.
 */
export function createCall(options: ClientOptions, operations: Readonly<Record<string, Operation>>): Call {
  const settings = readOptions(options, Object.keys(operations));
  const attempt = createAttempt(settings, Object.values(operations));
  return async (operation, request, options) => {
    const attemptId = settings.newAttemptId();
    const startedAt = settings.now();
    const verdict = await attempt(operation, attemptId, request, options).catch(() =>
      notSent("invalid-request", `Cannot send ${operation.id}: the request or the signal throws when it is read`),
    );
    const result = { ...verdict, attemptId, elapsedMs: settings.now() - startedAt };
    if (settings.hooks) settings.hooks.onOutcome({ operation: operation.id, attemptId, result: copyOf(result) });
    return result as Result<typeof operation>;
  };
}

type Attempt = (
  operation: Operation,
  attemptId: string,
  request: unknown,
  options?: CallOptions,
) => Promise<Verdict & { unread?: Unread }>;

/**
 * Makes a function that attempts one call. It rejects when the request or the signal throws as it is read: then nothing
 * was sent.
 */
function createAttempt(settings: Settings, operations: readonly Operation[]): Attempt {
  const exchange = createExchange(settings);
  const references = settings.hasUniqueReferences ? new References(operations) : undefined;
  const judged = (sending: Sending, verdict: AnswerVerdict) => {
    const kept = withUnread(sending, verdict);
    return settings.mayRepeatRequests ? withholdRefusal(sending.operation, kept) : kept;
  };
  return async (operation, attemptId, given, options) => {
    const signal = options?.signal;
    if (signal && !isSignal(signal)) {
      return notSent("invalid-request", `Cannot send ${operation.id}: option signal must be an AbortSignal`);
    }
    if (signal?.aborted) return notSent("aborted", `Cannot send ${operation.id}: the caller aborted it`);
    // A copy: the caller may change its object before the request is sent and compared with the answer.
    const request = isObject(given) ? { ...given } : given;
    const encoded = operation.request?.encode(request);
    if (encoded && !encoded.ok) return classifyIssue(operation, encoded.issue);
    const timeoutMs = settings.timeoutMs(operation);
    const deadline = startDeadline(timeoutMs, signal);
    const sending: Sending = {
      operation,
      attemptId,
      text: encoded?.text,
      signal: deadline.signal,
      isHandedOver: false,
      httpStatus: undefined,
      credentials: [],
      received: undefined,
    };
    try {
      const answer = await deadline.race(exchange(sending));
      const verdict = classifyAnswer(operation, request, answer);
      return judged(sending, ofThisTransaction(operation, request, answer, verdict, references));
    } catch (error) {
      return judged(sending, classifyFailure(sending, error, deadline.cutoff, timeoutMs));
    } finally {
      deadline.clear();
    }
  };
}

/** Withholds an answer that belongs to another transaction (interpretation A10). */
function ofThisTransaction(
  operation: Operation,
  request: unknown,
  answer: HttpAnswer,
  verdict: AnswerVerdict,
  references: References | undefined,
): AnswerVerdict {
  if (
    !("body" in verdict) ||
    !references?.isOfAnother(operation, request, verdict.body, verdict.outcome === "succeeded")
  )
    return verdict;
  const { status, deviations } = verdict;
  return mismatch(operation, { ...answer, status, deviations }, operation.inquiry?.by);
}

/** Adds the body that a person may have to look at (interpretation C3). */
function withUnread(
  { operation, received, credentials }: Sending,
  { secrets, ...verdict }: AnswerVerdict,
): Verdict & { unread?: Unread } {
  const isUnread = verdict.outcome === "unknown" && verdict.reason !== "undecided" && operation.inquiry !== undefined;
  const lacksSecret = secrets?.isSecretUnread ?? false;
  const isKept = isUnread || lacksSecret || secrets?.isSecretDoubtful;
  const unread = isKept ? keepUnread(received, credentials, lacksSecret) : undefined;
  return unread ? { ...verdict, unread } : verdict;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSignal = ({ aborted, addEventListener, removeEventListener }: AbortSignal): boolean =>
  typeof aborted === "boolean" && typeof addEventListener === "function" && typeof removeEventListener === "function";
