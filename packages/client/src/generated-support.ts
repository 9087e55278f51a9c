/**
 * The code under every generated client. It is published as `@codegames/client/runtime`, for clients that are generated
 * from other documents, and knows no operation by name.
 */
export { apiKey, type Auth, type AuthFunction, type AuthRequest, basic, bearer } from "./auth.ts";
export { type Call, createCall } from "./call.ts";
export { hmac, type HmacKey } from "./signature.ts";
export type { Hooks, OutcomeEvent, OutcomeResult, RequestEvent, ResponseEvent } from "./hooks.ts";
export type { Fetch, FetchInit } from "./fetch.ts";
export type { CallOptions, ClientOptions } from "./options.ts";
export type { Answered, Attempt, Input, NotSent, NotSentReason, Result, Unknown, UnknownReason } from "./result.ts";
export type { Unread } from "./unread.ts";
