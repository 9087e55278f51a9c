/**
 * What a generated provider stands on. Published as `@codegames/server/runtime` for providers that are generated from
 * other documents; it knows operations tables, and no operation by name.
 */
export { apiKey, type Auth, type Authenticate, basic, bearer } from "./auth.ts";
export { createHandlerOf, type Route } from "./handler.ts";
export type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
export { type NodeListener, toNodeListener } from "./node.ts";
export type { Answer, CallContext, HandlerOptions } from "./options.ts";
