export { createHandler, type Provider } from "./gen/provider.ts";
export { apiKey, type Auth, type Authenticate, basic, bearer } from "./auth.ts";
export type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
export { type NodeListener, toNodeListener } from "./node.ts";
export type { Answer, CallContext, HandlerOptions } from "./options.ts";
