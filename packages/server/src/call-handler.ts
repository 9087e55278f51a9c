import type { AnswerWithBody, HandlerResponse, RequestHead, WrappedHandler } from "./http.ts";
import { type MaybePromise, tryOr } from "./maybe-promise.ts";
import { problemResponse } from "./problem-response.ts";

/** Calls the handler; a wrapped one takes the whole body, and may throw or reject, which becomes HTTP 500. */
export function beginCall(handler: WrappedHandler, head: RequestHead): MaybePromise<HandlerResponse | AnswerWithBody> {
  const fail = () => problemResponse(undefined, { httpStatus: 500 });
  if (handler.begin) return tryOr(() => handler.begin!(head), fail);
  return (body) => {
    if (body === "too-slow") return problemResponse(undefined, { httpStatus: 408 });
    if (body === "aborted") return problemResponse(undefined, { httpStatus: 400 });
    if (body === "read-before") return fail();
    return tryOr(() => (handler.atOnce ?? handler)({ ...head, body }), fail);
  };
}
