import type { Operation } from "@codegames/contract";
import { classifyAnswer, classifyFailure, classifyIssue, notSent, type Verdict } from "./classify.ts";
import { startDeadline } from "./deadline.ts";
import { createExchange, type Progress } from "./exchange.ts";
import { type CallOptions, type ClientOptions, readOptions } from "./options.ts";
import type { RequestOf, Result } from "./result.ts";

/** Calls an operation: at most one request on the wire, and a result for whatever happens. It never rejects. */
export type Call = <const Op extends Operation>(
  operation: Op,
  request: RequestOf<Op>,
  options?: CallOptions,
) => Promise<Result<Op>>;

/** Makes the one function under every method of a generated client. Throws a `TypeError` when an option is wrong. */
export function createCall(options: ClientOptions): Call {
  const settings = readOptions(options);
  const exchange = createExchange(settings);

  async function attempt(operation: Operation, request: unknown, signal: AbortSignal | undefined): Promise<Verdict> {
    if (signal && typeof signal.addEventListener !== "function") {
      return notSent("invalid-request", `Cannot send ${operation.id}: option signal must be an AbortSignal`);
    }
    if (signal?.aborted) return notSent("aborted", `Cannot send ${operation.id}: the caller aborted it`);
    const encoded = operation.request?.encode(request);
    if (encoded && !encoded.ok) return classifyIssue(operation, encoded.issue);
    const timeoutMs = settings.timeoutMs(operation);
    const deadline = startDeadline(timeoutMs, signal);
    const progress: Progress = { isHandedOver: false, httpStatus: undefined };
    try {
      const answer = await deadline.race(exchange(operation, encoded?.text, deadline.signal, progress));
      return classifyAnswer(operation, answer);
    } catch (error) {
      return classifyFailure(operation, error, progress, deadline.cutoff, timeoutMs);
    } finally {
      deadline.clear();
    }
  }

  return async (operation, request, options) => {
    const attemptId = settings.newAttemptId();
    const startedAt = settings.now();
    const verdict = await attempt(operation, request, options?.signal);
    return { ...verdict, attemptId, elapsedMs: settings.now() - startedAt } as Result<typeof operation>;
  };
}
