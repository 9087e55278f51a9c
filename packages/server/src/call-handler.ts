import { type Awaitable, orElse } from "./awaitable.ts";
import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
import { problemResponse } from "./problem.ts";

/** Calls the handler; a wrapped one may reject, which becomes HTTP 500. */
export const callHandler = (handler: Handler, request: HandlerRequest): Awaitable<HandlerResponse> =>
  orElse(
    () => (handler.atOnce ?? handler)(request),
    () => problemResponse(undefined, { httpStatus: 500 }),
  );
