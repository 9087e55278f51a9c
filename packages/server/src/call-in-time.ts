import type { Operation } from "@codegames/codec";
import type { Drain } from "./drain.ts";
import { ownError } from "./error-to-tell.ts";
import type { Settings } from "./handler-options.ts";
import type { RequestHead } from "./http.ts";
import { isThenable, type MaybePromise, tryOr } from "./maybe-promise.ts";
import { isProblemError, ProblemError } from "./problem-error.ts";

/** The settings of a handler, and the work that is under way in it. */
export interface Serving extends Settings {
  readonly drain: Drain;
}

/** Calls a method of the user. Returns its result, or a `ProblemError`: what it threw, or 503 after `timeoutMs`. */
export function callInTime(
  who: string,
  operation: Operation,
  head: RequestHead,
  serving: Serving,
  method: () => unknown,
): MaybePromise<unknown> {
  return tryOr(
    () => {
      const result = method();
      return isThenable(result) ? raceTimeout(who, operation, head, serving, result) : result;
    },
    (error) => {
      if (isProblemError(error)) return error;
      throw error;
    },
  );
}

async function raceTimeout(
  who: string,
  { id }: Operation,
  head: RequestHead,
  { timeoutMs, onError, drain }: Serving,
  result: Promise<unknown>,
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ProblemError>((resolve) => {
    timer = setTimeout(() => {
      const error = ownError(new Error(`Cannot answer ${id}: ${who} took longer than ${timeoutMs} ms`));
      void onError(error, { operationId: id });
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
