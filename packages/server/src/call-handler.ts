import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
import { type MaybePromise, tryOr } from "./maybe-promise.ts";
import { problemResponse } from "./problem-response.ts";

/** Calls the handler; a wrapped one may throw or reject, which becomes HTTP 500. */
export const callHandler = (handler: Handler, request: HandlerRequest): MaybePromise<HandlerResponse> =>
  tryOr(
    () => (handler.atOnce ?? handler)(request),
    () => problemResponse(undefined, { httpStatus: 500 }),
  );
