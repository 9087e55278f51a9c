import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "./http.ts";
import { toNodeListener } from "./node.ts";

/** Middleware of Express 4 and 5, and of Connect. */
export type ExpressMiddleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Serves a handler in Express: `app.use("/api", toExpressMiddleware(handler))` with the handler's `basePath: "/api"`. It
 * answers everything below its path. It must come before `express.json()` and the like: a body that was read already is
 * an error to `next`. `maxBodyBytes` as in `toNodeListener`.
 */
export function toExpressMiddleware(handler: Handler, options: { maxBodyBytes?: number } = {}): ExpressMiddleware {
  const listener = toNodeListener(handler, options);
  return (request, response, next) => {
    if (!request.readableDidRead) return listener(request, response);
    next(new TypeError("Cannot serve the request: its body was read before; mount the handler before express.json() and the like"));
  };
}
