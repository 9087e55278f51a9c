import type { AnswerWithBody, HandlerResponse, RequestHead, WrappedHandler } from "./http.ts";
import { type MaybePromise, tryOr } from "./maybe-promise.ts";
import type { ProblemKind } from "./problem-kinds.ts";
import { newRequestId, problemResponse } from "./problem-response.ts";

/** Calls the handler; a wrapped one takes the whole body, and may throw or reject, which becomes HTTP 500. */
export function beginCall(handler: WrappedHandler, head: RequestHead): MaybePromise<HandlerResponse | AnswerWithBody> {
  const refuse = (kind: ProblemKind) => problemResponse({ kind }, { requestId: newRequestId() });
  const fail = () => refuse("internal-error");
  if (handler.begin) return tryOr(() => handler.begin!(head), fail);
  return (body) => {
    if (body === "too-slow") return refuse("request-timeout");
    if (body === "aborted") return refuse("bad-request");
    if (body === "read-before") return fail();
    return tryOr(() => (handler.atOnce ?? handler)({ ...head, body }), fail);
  };
}
