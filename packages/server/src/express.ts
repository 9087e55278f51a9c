import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterOptions } from "./adapter-options.ts";
import type { WrappedHandler } from "./http.ts";
import { isBodyLost } from "./node-body.ts";
import { toNodeListener } from "./node.ts";

/** Middleware of Express 4 and 5, and of Connect. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Serves a handler in Express: `app.use("/api", toExpressMiddleware(handler))`, with `basePath: "/api"` in the handler.
 * It answers every call below its path. Mount it before `express.json()` and the like: if the body has been read
 * already, and `request.rawBody` does not have its bytes, it calls `next` with a `TypeError`.
 *
 * @throws A `TypeError` when an option is wrong; the message names it.
 */
export function toExpressMiddleware(handler: WrappedHandler, options: AdapterOptions = {}): ExpressMiddleware {
  const listener = toNodeListener(handler, options);
  return (request, response, next) => {
    if (!isBodyLost(request)) return listener(request, response);
    const reason = "its body was read before; mount the handler before express.json() and the like";
    next(new TypeError(`Cannot serve the request: ${reason}`));
  };
}
