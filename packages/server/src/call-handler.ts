import type { HandlerRequest, HandlerResponse, WrappedHandler } from "./http.ts";
import { type MaybePromise, tryOr } from "./maybe-promise.ts";
import { newRequestId, problemResponse } from "./problem-response.ts";

/** Calls the handler; a wrapped one may throw or reject, which becomes HTTP 500. */
export const callHandler = (handler: WrappedHandler, request: HandlerRequest): MaybePromise<HandlerResponse> =>
  tryOr(
    () => (handler.atOnce ?? handler)(request),
    () => problemResponse({ kind: "internal-error" }, { requestId: newRequestId() }),
  );
