import type { Operation } from "@codegames/contract";
import { classifyAnswer, classifyFailure, classifyIssue, notSent, type Verdict } from "./classify.ts";
import { startDeadline } from "./deadline.ts";
import { type Attempt, createExchange } from "./exchange.ts";
import { type CallOptions, type ClientOptions, readOptions } from "./options.ts";
import type { RequestOf, Result } from "./result.ts";

/** Calls an operation: at most one request on the wire, and a result for whatever happens. It never rejects. */
export type Call = <const Op extends Operation>(
  operation: Op,
  request: RequestOf<Op>,
  options?: CallOptions,
) => Promise<Result<Op>>;

/** Makes the one function under every method of a generated client. Throws a `TypeError` when an option is wrong. */
export function createCall(options: ClientOptions, operations: Readonly<Record<string, Operation>>): Call {
  const settings = readOptions(options, Object.keys(operations));
  const exchange = createExchange(settings);

  async function attempt(operation: Operation, attemptId: string, request: unknown, signal?: AbortSignal): Promise<Verdict> {
    if (signal && typeof signal.addEventListener !== "function") {
      return notSent("invalid-request", `Cannot send ${operation.id}: option signal must be an AbortSignal`);
    }
    if (signal?.aborted) return notSent("aborted", `Cannot send ${operation.id}: the caller aborted it`);
    const encoded = operation.request?.encode(request);
    if (encoded && !encoded.ok) return classifyIssue(operation, encoded.issue);
    const timeoutMs = settings.timeoutMs(operation);
    const deadline = startDeadline(timeoutMs, signal);
    const sent: Attempt = {
      operation, attemptId, text: encoded?.text, signal: deadline.signal, isHandedOver: false, httpStatus: undefined,
    };
    try {
      return classifyAnswer(operation, request, await deadline.race(exchange(sent)));
    } catch (error) {
      return classifyFailure(sent, error, deadline.cutoff, timeoutMs);
    } finally {
      deadline.clear();
    }
  }

  return async (operation, request, options) => {
    const attemptId = settings.newAttemptId();
    const startedAt = settings.now();
    const verdict = await attempt(operation, attemptId, request, options?.signal);
    const result = { ...verdict, attemptId, elapsedMs: settings.now() - startedAt };
    settings.hooks?.onOutcome({ operation: operation.id, attemptId, result });
    return result as Result<typeof operation>;
  };
}
