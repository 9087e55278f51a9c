export { createHandler, type Provider } from "./gen/provider.ts";
export type { AdapterOptions } from "./adapter-options.ts";
export type { AuthRefusal, AuthRefusalReason, Refuse } from "./auth-refusal.ts";
export { apiKey, type Auth, type Authenticate, basic, bearer } from "./auth.ts";
export { closeGently, type CloseGentlyOptions } from "./close-gently.ts";
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
export type {
  NewOrder,
  Order,
  RefusalStatus,
  Settled,
  Settlement,
  Transaction,
  TransactionKey,
  TransactionStore,
  Undecided,
} from "./transaction-store/transaction-store.ts";
export { answerClientError } from "./answer-client-error.ts";
export { type NodeListener, toNodeListener } from "./node.ts";
export type { Answer, CallContext, HandlerOptions, HookContext } from "./handler-options.ts";
export { type ProblemDetails, ProblemError, type ProblemStatus } from "./problem-error.ts";
export type { RecoverEveryOptions } from "./sell-once/recover-every.ts";
export type { Recovery } from "./sell-once/recover.ts";
export { sellOnce, type SellOnce } from "./sell-once/sell-once.ts";
export type { Caller, Listing, Sale, SellOnceOptions } from "./sell-once/sell-once-options.ts";
export { hmac, type HmacKey, type HmacOptions } from "./signature.ts";
