import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "./http.ts";
import { toNodeListener } from "./node.ts";

/** Middleware for Express 4 and 5, and for Connect. */
export type ExpressMiddleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Serves a handler in Express: `app.use("/api", toExpressMiddleware(handler))` with the handler's `basePath: "/api"`. It
 * answers every request below its path. `maxBodyBytes` is that of `toNodeListener`.
 *
 * Hazard: mount it before `express.json()` and similar middleware. A body that was read before becomes an error to `next`.
 *
 * @throws A `TypeError` when `maxBodyBytes` is out of range.
 */
export function toExpressMiddleware(handler: Handler, options: { maxBodyBytes?: number } = {}): ExpressMiddleware {
  const listener = toNodeListener(handler, options);
  return (request, response, next) => {
    if (!request.readableDidRead) return listener(request, response);
    const advice = "mount the handler before express.json() and similar middleware";
    next(new TypeError(`Cannot serve the request: its body was read before; ${advice}`));
  };
}
