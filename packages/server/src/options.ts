import type { Encodable } from "@codegames/codec";
import type { Auth, Authenticate } from "./auth.ts";

/** What a provider's method returns: where the contract has an int64, a `bigint` or a safe integer `number`. */
export type Answer<T> = Encodable<T> | Promise<Encodable<T>>;

/** What a provider's method knows of a call beside its request. */
export interface CallContext {
  /** The merchant that `auth` found; `"anonymous"` with `auth: "none"`. Transactions belong to it (interpretations A8, E3). */
  readonly merchant: string;
}

/** How a handler serves a provider. */
export interface HandlerOptions {
  /** `bearer(…)`, `basic(…)`, `apiKey(…)`, `hmac(…)`, a function of one's own, or `"none"` (interpretation E1). */
  auth: Auth;
  /** The largest request that is read, in bytes. Default 65536. An adapter has a limit of its own beside it. */
  maxBodyBytes?: number;
  /** The path of the base URL, such as `/api`: requests are for paths below it. Default none. */
  basePath?: string;
  /**
   * Time for the provider's method, and as much for `auth`, in milliseconds from 1 to 2147483647. Then the answer is 503 with `Retry-After`, and
   * `onError` is told; the method is not interrupted, and what it says later is dropped, as if the network had lost it.
   * Default 30000, half of what a client waits for a pay.
   */
  timeoutMs?: number;
  /**
   * Is told why a request was answered with HTTP 500 or ran out of time, which the answer does not say. The answer does not wait for it,
   * and what it throws is dropped. Default: nobody is told.
   */
  onError?: (error: unknown, context: { readonly operationId: string }) => void | Promise<void>;
}

/** Options that were checked, with their defaults. */
export interface Settings {
  authenticate(...request: Parameters<Authenticate>): ReturnType<Authenticate>;
  challenge: string;
  maxBodyBytes: number;
  basePath: string;
  timeoutMs: number;
  onError(error: unknown, context: { readonly operationId: string }): Promise<void>;
}

const names = ["auth", "basePath", "maxBodyBytes", "onError", "timeoutMs"];

/** Throws a `TypeError` that names the option, what it is unless that may be a secret, and what is allowed. */
export function readOptions(options: HandlerOptions): Settings {
  if (typeof options !== "object" || options === null) throw new TypeError("Cannot create the handler: options must be an object");
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw refused(unknown, `is not known; allowed: ${names.join(", ")}`);
  const { auth, basePath = "", maxBodyBytes, onError, timeoutMs = 30_000 } = options;
  if (auth !== "none" && typeof auth !== "function") {
    throw refused("auth", 'must be bearer(…), basic(…), apiKey(…), hmac(…), a function, or "none"');
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw refused("onError", `must be a function, is a ${typeof onError}`);
  }
  if (typeof basePath !== "string" || !/^(\/[^/?#]+)*$/.test(basePath)) {
    throw refused("basePath", `must be empty or begin with / and not end with it, is ${JSON.stringify(basePath)}`);
  }
  if (!(Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 2_147_483_647)) {
    throw refused("timeoutMs", `must be an integer from 1 to 2147483647, is ${typeof timeoutMs === "number" ? timeoutMs : typeof timeoutMs}`);
  }
  return {
    basePath,
    timeoutMs,
    authenticate: auth === "none" ? () => "anonymous" : auth,
    challenge: (auth !== "none" && auth.challenge) || 'Custom realm="api"',
    maxBodyBytes: readMaxBodyBytes(maxBodyBytes),
    async onError(error, context) {
      try {
        await onError?.(error, context);
      } catch {
        // The request is answered with 500 already, and there is nobody left to tell.
      }
    },
  };
}

/** The option of the handler and of its adapters. */
export function readMaxBodyBytes(value: number | undefined): number {
  if (value === undefined) return 65_536;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw refused("maxBodyBytes", `must be a positive integer, is ${typeof value === "number" ? value : typeof value}`);
}

const refused = (name: string, reason: string) => new TypeError(`Cannot create the handler: option ${name} ${reason}`);
