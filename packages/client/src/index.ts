export { type CheckResult, type Client, createClient, type PayResult, type StatusResult } from "./gen/client.ts";
export { apiKey, type Auth, type AuthFunction, basic, bearer } from "./auth.ts";
export type { CallOptions, ClientOptions, Fetch } from "./options.ts";
export type { Attempt, Input, NotSent, NotSentReason, Result, Unknown, UnknownReason } from "./result.ts";
