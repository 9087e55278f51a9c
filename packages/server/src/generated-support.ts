/**
 * The code under every generated provider. It is published as `@codegames/server/runtime`, for providers that are generated
 * from other documents, and knows no operation by name.
 */
export { apiKey, type Auth, type Authenticate, basic, bearer } from "./auth.ts";
export { createHandlerOf, type Route } from "./handler.ts";
export { type ExpressMiddleware, toExpressMiddleware } from "./express.ts";
export { type FastifyPlugin, toFastifyPlugin } from "./fastify.ts";
export { type FetchHandler, toFetchHandler } from "./fetch.ts";
export type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
export { answerClientError, type NodeListener, toNodeListener } from "./node.ts";
export type { Answer, CallContext, HandlerOptions } from "./options.ts";
export { type ProblemDetails, ProblemError, type ProblemStatus } from "./problem-error.ts";
export { hmac, type HmacKey, type HmacOptions } from "./signature.ts";
