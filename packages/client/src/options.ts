import type { Operation } from "@codegames/codec";
import type { Auth, AuthFunction } from "./auth.ts";
import { readBaseUrl } from "./base-url.ts";
import type { Fetch } from "./fetch.ts";
import { type Hooks, joinHooks } from "./hooks.ts";
import { platformFetch } from "./platform-fetch.ts";
import { canRepeat } from "./runtime.ts";

/** Options of a client. `Id` are the ids of its operations. */
export interface ClientOptions<Id extends string = string> {
  /** The base URL agreed at onboarding: https, or http for loopback hosts only (interpretation E2). */
  baseUrl: string;
  /** `bearer(token)`, `basic(user, password)`, `apiKey(key, header)`, `hmac(key)`, a function of yours, or `"none"`. */
  auth: Auth;
  /**
   * Time for a whole call, from the credentials to the last byte of the answer, in milliseconds from 1 to 2147483647:
   * one number for all operations, or one by operation id. A call that is still connecting when it is over is `unknown`
   * too.
   *
   * The platform's own `fetch` gives up after 300 s by itself, so a longer time needs an option `fetch`.
   *
   * @default 60000 for an operation whose unknown outcome must be settled (`x-inquiry`), otherwise 10000
   */
  timeoutMs?: number | { readonly [Operation in Id]?: number };
  /**
   * The largest answer, in bytes after decompression.
   *
   * @default 1048576
   */
  maxBodyBytes?: number;
  /**
   * Allows `http:` to any host.
   *
   * @default false
   */
  allowInsecureHttp?: boolean;
  /**
   * Whether the provider gives each purchase a `partner_txn_id` of its own. Then one that this client has seen under
   * another `txn_id` makes the answer to a pay a `mismatch` (interpretation A10); the last 10000 are remembered.
   *
   * @default "unique"
   */
  partnerTxnIds?: "unique" | "shared";
  /** @default globalThis.fetch, looked up at each call */
  fetch?: Fetch;
  /**
   * Whether something on the way can send a request twice: the runtime, or a proxy of yours. A refusal can then be the
   * answer to the second copy of a request that has sold, so a refused `pay` is `unknown` with the reason `not-final`,
   * and `status` decides.
   *
   * @default false on Node, Deno, Bun and workerd, which were tried; true in browsers and on other runtimes
   */
  mayRepeatRequests?: boolean;
  /** Hooks that watch the calls: one set, or several. */
  hooks?: Hooks | readonly Hooks[];
  /**
   * A clock that never runs backwards, in milliseconds. Used for `elapsedMs` alone; if it throws, 0 is used.
   *
   * @default performance.now
   */
  now?: () => number;
  /**
   * Makes an `attemptId`. If it throws, `""` is used.
   *
   * @default a random UUID
   */
  newAttemptId?: () => string;
}

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. Before the request is passed to `fetch` the result is `not-sent`, after that `unknown`. */
  signal?: AbortSignal;
}

/** Options that were checked, with their defaults. */
export interface Settings {
  baseUrl: string;
  authenticate: AuthFunction | undefined;
  timeoutMs(operation: Operation): number;
  maxBodyBytes: number;
  hasUniqueReferences: boolean;
  fetch: Fetch;
  mayRepeatRequests: boolean;
  hooks: Required<Hooks> | undefined;
  now(): number;
  newAttemptId(): string;
}

const names = [
  "baseUrl",
  "auth",
  "timeoutMs",
  "maxBodyBytes",
  "allowInsecureHttp",
  "partnerTxnIds",
  "fetch",
  "mayRepeatRequests",
  "hooks",
  "now",
  "newAttemptId",
];

/** @throws A `TypeError` that names the option, what is allowed, and its value unless that may be a secret. */
export function readOptions(options: ClientOptions, operationIds: readonly string[]): Settings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot create the client: options must be an object");
  }
  for (const name of Object.keys(options)) checkName(name, names);
  const { auth, timeoutMs, maxBodyBytes = 1_048_576, allowInsecureHttp = false, fetch, hooks = [] } = options;
  const { partnerTxnIds = "unique", mayRepeatRequests = canRepeat() } = options;
  const { now = () => performance.now(), newAttemptId = randomId } = options;
  if (auth !== "none" && typeof auth !== "function") {
    throw refused("auth", 'must be bearer(…), basic(…), apiKey(…), hmac(…), a function, or "none"');
  }
  checkCount("maxBodyBytes", maxBodyBytes);
  checkBoolean("allowInsecureHttp", allowInsecureHttp);
  checkBoolean("mayRepeatRequests", mayRepeatRequests);
  if (partnerTxnIds !== "unique" && partnerTxnIds !== "shared") {
    throw refused("partnerTxnIds", `must be "unique" or "shared", is a ${typeof partnerTxnIds}`);
  }
  const watchers = [hooks].flat() as Hooks[];
  for (const watcher of watchers) checkHooks(watcher);
  for (const [name, value] of Object.entries({ fetch, now, newAttemptId })) checkFunction(name, value);
  const isPlatformFetch = fetch === undefined || fetch === globalThis.fetch;
  return {
    baseUrl: readBaseUrl(options.baseUrl, allowInsecureHttp, isPlatformFetch),
    authenticate: auth === "none" ? undefined : auth,
    timeoutMs: readTimeouts(timeoutMs, operationIds, isPlatformFetch),
    maxBodyBytes,
    hasUniqueReferences: partnerTxnIds === "unique",
    mayRepeatRequests,
    fetch: fetch === undefined || isPlatformFetch ? platformFetch : fetch,
    hooks: watchers.length > 0 ? joinHooks(...watchers) : undefined,
    now: orElse(0, now),
    newAttemptId: orElse("", newAttemptId),
  };
}

/** Pages without TLS have no `randomUUID`; the id is for logs alone. */
const randomId = () => crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);

function readTimeouts(
  timeoutMs: ClientOptions["timeoutMs"],
  operationIds: readonly string[],
  isPlatformFetch: boolean,
): Settings["timeoutMs"] {
  const check = (name: string, value: unknown) => {
    checkCount(name, value);
    if (isPlatformFetch && (value as number) > longestFetchMs) throw refused(name, tooLong(value as number));
  };
  const isByOperation = Object.prototype.toString.call(timeoutMs) === "[object Object]";
  const byId = new Map(isByOperation ? Object.entries(timeoutMs as object) : []);
  for (const [id, value] of byId) {
    checkName(
      `timeoutMs.${id}`,
      operationIds.map((known) => `timeoutMs.${known}`),
    );
    if (value !== undefined) check(`timeoutMs.${id}`, value);
  }
  if (!isByOperation && timeoutMs !== undefined) check("timeoutMs", timeoutMs);
  return ({ id, inquiry }) => (typeof timeoutMs === "number" ? timeoutMs : byId.get(id)) ?? (inquiry ? 60_000 : 10_000);
}

/** The `fetch` of Node waits so long for the head of an answer, and for each next part of it. */
const longestFetchMs = 300_000;

const tooLong = (value: number) =>
  `must be at most ${longestFetchMs} with the platform's fetch, which gives up then, is ${value}: ` +
  "use the option fetch with undiciFetch of @codegames/client/undici, or with a function that waits longer";

const orElse =
  <T>(otherwise: T, make: () => T) =>
  (): T => {
    try {
      return make();
    } catch {
      return otherwise;
    }
  };

function checkName(name: string, allowed: readonly string[]): void {
  if (!allowed.includes(name)) throw refused(name, `is not known; allowed: ${allowed.join(", ")}`);
}

function checkHooks(hooks: Hooks): void {
  if (typeof hooks !== "object" || hooks === null) throw refused("hooks", `must be an object, is a ${typeof hooks}`);
  for (const name of ["onRequest", "onResponse", "onOutcome"] as const) checkFunction(`hooks.${name}`, hooks[name]);
}

/** The upper limit is that of `setTimeout`, which treats a longer time as 1 ms. */
function checkCount(name: string, value: unknown): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2_147_483_647) return;
  const is = typeof value === "number" ? value : typeof value;
  throw refused(name, `must be an integer from 1 to 2147483647, is ${is}`);
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw refused(name, `must be a boolean, is a ${typeof value}`);
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw refused(name, `must be a function, is a ${typeof value}`);
}

const refused = (name: string, reason: string) => new TypeError(`Cannot create the client: option ${name} ${reason}`);
