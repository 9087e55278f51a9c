/**
 * The code that generated providers import, published as `@codegames/server/runtime` for providers of other documents.
 * It works on tables of operations and knows no operation by name.
 */
export type { AdapterOptions } from "./adapter-options.ts";
export type { AuthRefusal, AuthRefusalReason, Refuse } from "./auth-refusal.ts";
export { apiKey, type Auth, type Authenticate, basic, bearer } from "./auth.ts";
export { closeGently, type CloseGentlyOptions } from "./close-gently.ts";
export { type ContractSettings, createHandlerOf, type Route } from "./handler.ts";
export { type ExpressMiddleware, toExpressMiddleware } from "./express.ts";
export { type FastifyPlugin, toFastifyPlugin } from "./fastify.ts";
export { type FetchHandler, toFetchHandler } from "./fetch.ts";
export type {
  AnswerWithBody,
  Handler,
  HandlerRequest,
  HandlerResponse,
  RequestBody,
  RequestHead,
  WrappedHandler,
} from "./http.ts";
export { answerClientError } from "./client-error.ts";
export { type NodeListener, toNodeListener } from "./node.ts";
export type { Answer, CallContext, HandlerOptions, HookContext } from "./handler-options.ts";
export { type ProblemDetails, ProblemError, type ProblemStatus } from "./problem-error.ts";
export { hmac, type HmacKey, type HmacOptions } from "./signature.ts";
