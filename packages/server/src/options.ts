import type { Encodable } from "@codegames/codec";
import type { Auth, Authenticate } from "./auth.ts";

/** The result of a provider's method. For an int64 it may hold a `bigint` or a safe integer `number`. */
export type Answer<T> = Encodable<T> | Promise<Encodable<T>>;

/** What a provider's method knows about a call beside its request. */
export interface CallContext {
  /** The merchant that `auth` found; `"anonymous"` with `auth: "none"`. Transactions belong to it (interpretations A8, E3). */
  readonly merchant: string;
}

/** Options of a handler. */
export interface HandlerOptions {
  /** `bearer(…)`, `basic(…)`, `apiKey(…)`, `hmac(…)`, a function of yours, or `"none"` (interpretation E1). */
  auth: Auth;
  /**
   * The largest request body, in bytes. An adapter has its own limit beside this one.
   *
   * @default 65536
   */
  maxBodyBytes?: number;
  /**
   * The path of the base URL, such as `/api`. The handler serves paths below it.
   *
   * @default none
   */
  basePath?: string;
  /**
   * Time for the provider's method, and as much for `auth`, in milliseconds from 1 to 2147483647. When it is over, the
   * answer is 503 with `Retry-After`, and `onError` is called. The method is not interrupted; its late answer is dropped, as
   * if the network had lost it.
   *
   * @default 30000, half of the time that a client waits for a pay
   */
  timeoutMs?: number;
  /**
   * Called with the error behind an HTTP 500 or a timeout, which the answer does not show. The answer does not wait for it,
   * and its own errors are ignored.
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

/** @throws A `TypeError` that names the option, what is allowed, and its value unless that may be a secret. */
export function readOptions(options: HandlerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot create the handler: options must be an object");
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong(unknown, `is not known; allowed: ${names.join(", ")}`);
  const { auth, basePath = "", maxBodyBytes, onError, timeoutMs = 30_000 } = options;
  if (auth !== "none" && typeof auth !== "function") {
    throw wrong("auth", 'must be bearer(…), basic(…), apiKey(…), hmac(…), a function, or "none"');
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw wrong("onError", `must be a function, is a ${typeof onError}`);
  }
  if (typeof basePath !== "string" || !/^(\/[^/?#]+)*$/.test(basePath)) {
    throw wrong("basePath", `must be empty or begin with / and not end with it, is ${JSON.stringify(basePath)}`);
  }
  if (!(Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 2_147_483_647)) {
    throw wrong("timeoutMs", `must be an integer from 1 to 2147483647, is ${numberOrType(timeoutMs)}`);
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
        // The request was answered with 500 already, and nobody else can be told.
      }
    },
  };
}

/** Reads the option `maxBodyBytes` of the handler and of its adapters. */
export function readMaxBodyBytes(value: number | undefined): number {
  if (value === undefined) return 65_536;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw wrong("maxBodyBytes", `must be a positive integer, is ${numberOrType(value)}`);
}

const numberOrType = (value: unknown) => (typeof value === "number" ? value : typeof value);

const wrong = (name: string, reason: string) => new TypeError(`Cannot create the handler: option ${name} ${reason}`);
