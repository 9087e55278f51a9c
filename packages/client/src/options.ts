import type { Operation } from "@codegames/codec";
import type { Auth, AuthFunction } from "./auth.ts";
import { readBaseUrl } from "./base-url.ts";
import { type Hooks, joinHooks } from "./hooks.ts";

/**
 * Sends one request and gives its response, as `globalThis.fetch` does. It must neither follow redirects nor retry, and
 * hand `init` on with whatever it adds.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** `Id`: the ids of the operations. */
export interface ClientOptions<Id extends string = string> {
  /** The base URL that was agreed at onboarding: https, or http for loopback hosts only (interpretation E2). */
  baseUrl: string;
  /** `bearer(token)`, `basic(user, password)`, `apiKey(key, header)`, `hmac(key)`, a function of one's own, or `"none"`. */
  auth: Auth;
  /**
   * Time for a whole call, from the credentials to the last byte of the answer, in milliseconds from 1 to 2147483647:
   * one number for all operations, or one by operation id. Default 60000 for an operation whose unknown outcome must be
   * settled (`x-inquiry`), else 10000. A connection that is still being made at that time is `unknown` too.
   */
  timeoutMs?: number | { readonly [Operation in Id]?: number };
  /** The largest answer that is read, in bytes after decompression. Default 1048576. */
  maxBodyBytes?: number;
  /** Allows `http:` to any host. Default false. */
  allowInsecureHttp?: boolean;
  /** Default `globalThis.fetch`, looked up at each call. */
  fetch?: Fetch;
  /** What watches the calls: one set of hooks, or several. Default none. */
  hooks?: Hooks | readonly Hooks[];
  /** A clock that never runs backwards, in milliseconds; only measures. What throws is 0. Default `performance.now`. */
  now?: () => number;
  /** Names an attempt. What throws is `""`. Default a random UUID. */
  newAttemptId?: () => string;
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the call. The result is `not-sent` before the request is handed to `fetch`, and `unknown` from then on. */
  signal?: AbortSignal;
}

/** Options that were checked, with their defaults. */
export interface Settings {
  baseUrl: string;
  authenticate: AuthFunction | undefined;
  timeoutMs(operation: Operation): number;
  maxBodyBytes: number;
  fetch: Fetch;
  hooks: Required<Hooks> | undefined;
  now(): number;
  newAttemptId(): string;
}

const names = [
  "baseUrl", "auth", "timeoutMs", "maxBodyBytes", "allowInsecureHttp", "fetch", "hooks", "now", "newAttemptId",
];

/** Throws a `TypeError` that names the option, what it is unless that may be a secret, and what is allowed. */
export function readOptions(options: ClientOptions, operationIds: readonly string[]): Settings {
  if (typeof options !== "object" || options === null) throw new TypeError(`Cannot create the client: options must be an object`);
  for (const name of Object.keys(options)) checkName(name, names);
  const { auth, timeoutMs, maxBodyBytes = 1_048_576, allowInsecureHttp = false, fetch, hooks, now, newAttemptId } = options;
  if (auth !== "none" && typeof auth !== "function") {
    throw refused("auth", 'must be bearer(…), basic(…), apiKey(…), hmac(…), a function, or "none"');
  }
  const isByOperation = Object.prototype.toString.call(timeoutMs) === "[object Object]";
  const timeoutById = new Map(isByOperation ? Object.entries(timeoutMs as object) : []);
  for (const [id, value] of timeoutById) {
    checkName(`timeoutMs.${id}`, operationIds.map((known) => `timeoutMs.${known}`));
    if (value !== undefined) checkCount(`timeoutMs.${id}`, value);
  }
  if (!isByOperation && timeoutMs !== undefined) checkCount("timeoutMs", timeoutMs);
  checkCount("maxBodyBytes", maxBodyBytes);
  if (typeof allowInsecureHttp !== "boolean") throw refused("allowInsecureHttp", `must be a boolean, is a ${typeof allowInsecureHttp}`);
  checkFunction("fetch", fetch);
  const watchers = (hooks === undefined ? [] : [hooks].flat()) as Hooks[];
  for (const watcher of watchers) checkHooks(watcher);
  checkFunction("now", now);
  checkFunction("newAttemptId", newAttemptId);
  return {
    baseUrl: readBaseUrl(options.baseUrl, allowInsecureHttp),
    authenticate: auth === "none" ? undefined : auth,
    timeoutMs: ({ id, inquiry }) =>
      (typeof timeoutMs === "number" ? timeoutMs : timeoutById.get(id)) ?? (inquiry ? 60_000 : 10_000),
    maxBodyBytes,
    fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
    hooks: watchers.length > 0 ? joinHooks(...watchers) : undefined,
    now: orElse(0, now ?? (() => performance.now())),
    // Pages without TLS have no randomUUID; the name is for logs alone.
    newAttemptId: orElse("", newAttemptId ?? (() => crypto.randomUUID?.() ?? Math.random().toString(36).slice(2))),
  };
}

const orElse = <T>(otherwise: T, make: () => T) => (): T => {
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

/** The limit is that of `setTimeout`, which takes a longer time for 1 ms. */
function checkCount(name: string, value: unknown): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2_147_483_647) return;
  const is = typeof value === "number" ? value : typeof value;
  throw refused(name, `must be an integer from 1 to 2147483647, is ${is}`);
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw refused(name, `must be a function, is a ${typeof value}`);
}

const refused = (name: string, reason: string) => new TypeError(`Cannot create the client: option ${name} ${reason}`);
