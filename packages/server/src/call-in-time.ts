import type { Drain } from "./drain.ts";
import { ownError } from "./error-to-tell.ts";
import type { HookContext, Settings } from "./handler-options.ts";
import type { RequestHead } from "./http.ts";
import { isThenable, type MaybePromise, tryOr } from "./maybe-promise.ts";
import { isProblemError, ProblemError } from "./problem-error.ts";
import type { RefusedCall } from "./problem-response.ts";

/** The settings of a handler, and the work that is under way in it. */
export interface Serving extends Settings {
  readonly drain: Drain;
}

/** One call on its way through the handler. */
export interface Call extends RefusedCall {
  readonly head: RequestHead;
  readonly serving: Serving;
}

/** What a hook is told of a call. */
export const contextOf = ({ operation, requestId }: Call): HookContext => ({ operationId: operation.id, requestId });

/** Calls a method of the user. Returns its result, or a `ProblemError`: what it threw, or 503 after `timeoutMs`. */
export function callInTime(who: string, call: Call, method: () => unknown): MaybePromise<unknown> {
  return tryOr(
    () => {
      const result = method();
      return isThenable(result) ? raceTimeout(who, call, result) : result;
    },
    (error) => {
      if (isProblemError(error)) return error;
      throw error;
    },
  );
}

async function raceTimeout(who: string, call: Call, result: Promise<unknown>): Promise<unknown> {
  const { operation, head, serving } = call;
  const { timeoutMs, onError, drain } = serving;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ProblemError>((resolve) => {
    timer = setTimeout(() => {
      const error = ownError(new Error(`Cannot answer ${operation.id}: ${who} took longer than ${timeoutMs} ms`));
      void onError(error, contextOf(call));
      // The method runs on: its store must outlive it, and so must the worker.
      drain.enter();
      const leave = () => drain.leave();
      const ended = Promise.resolve(result).then(leave, leave);
      head.waitUntil?.(ended);
      resolve(new ProblemError(503));
    }, timeoutMs);
  });
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
