export { type CheckResult, type Client, createClient, type PayResult, type StatusResult } from "./gen/client.ts";
export { apiKey, type Auth, type AuthFunction, type AuthRequest, basic, bearer } from "./auth.ts";
export { hmac, type HmacKey } from "./signature.ts";
export type { Hooks, OutcomeEvent, OutcomeResult, RequestEvent, ResponseEvent } from "./hooks.ts";
export type { CallOptions, ClientOptions, Fetch, FetchInit } from "./options.ts";
export { type PriceToPay, priceToPay } from "./price-to-pay.ts";
export type { Attempt, Input, NotSent, NotSentReason, Result, Unknown, UnknownReason } from "./result.ts";
export { newTxnId } from "./txn-id.ts";
export { reveal, type Secret } from "@codegames/codec";
