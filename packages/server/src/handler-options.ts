import type { Encodable } from "@codegames/codec";
import { readMaxBodyBytes, readMilliseconds, wrongHandlerOption } from "./adapter-options.ts";
import type { AuthRefusal } from "./auth-refusal.ts";
import type { Auth, Authenticate } from "./auth.ts";
import { errorToTell } from "./error-to-tell.ts";

/** The return value of a provider's method. An int64 of the contract is a `bigint` or a safe integer `number`. */
export type Answer<T> = Encodable<T> | Promise<Encodable<T>>;

/** The facts about a call that are not in its request. */
export interface CallContext {
  /**
   * The merchant that `auth` found; `"anonymous"` with `auth: "none"`. It owns its transactions (interpretations A8,
   * E3).
   */
  readonly merchant: string;
  /**
   * The id of this call, a random UUID: in the header `request-id` of the answer, in the `instance` of problem details,
   * and in the context of `onError` and `onRefused`. No header of the request sets it.
   */
  readonly requestId: string;
  /**
   * JSON Pointers to the numbers of the request that are not what their literals say, such as `/price`: the request
   * holds 50000 where it says `50000.000000000001`. Mostly empty. Prices are compared as decimals, so such a price is
   * another one (interpretation D5). Integers of 64 bits are exact.
   */
  readonly inexact: readonly string[];
}

/** The call that a hook is told about. */
export interface HookContext {
  readonly operationId: string;
  /** As {@link CallContext.requestId}: what the caller can name, and what the provider's own log has. */
  readonly requestId: string;
}

/** Options of a handler. */
export interface HandlerOptions {
  /** Finds the merchant: `bearer`, `basic`, `apiKey`, `hmac`, a function of yours, or `"none"` (interpretation E1). */
  auth: Auth;
  /**
   * The largest request body in bytes; a larger one is answered with 413. An adapter has a limit of its own; the
   * smaller one wins.
   *
   * @default 65536
   */
  maxBodyBytes?: number;
  /**
   * The path of the base URL, such as `/api`. The handler serves the paths below it.
   *
   * @default ""
   */
  basePath?: string;
  /**
   * Time limit in milliseconds, from 1 to 2147483647, for `auth` and again for the provider's method. Then the answer
   * is 503 with `Retry-After`, and `onError` is called. The method is not interrupted: it may still sell, and its
   * answer is dropped as if the network had lost it. The default is half of the time that a client waits for a pay.
   *
   * @default 30000
   */
  timeoutMs?: number;
  /**
   * Is called with the reason of each HTTP 500 and of each timeout, which the answer does not show. The answer does not
   * wait for it, and its own errors are dropped. Without it, nobody learns the reason.
   *
   * The error may be printed: an error of yours, of a database or of a supplier's client comes as a copy without values
   * of the data, which product keys could be among. The copy has name, stack, causes, and `code`, `constraint`, `table`
   * and the like; of the message the ordinary words and short numbers, and `[…]` in place of the rest. To log more,
   * catch the error in your own method.
   */
  onError?: (error: Error, context: HookContext) => void | Promise<void>;
  /**
   * Is called with the reason of each HTTP 401, which the answer does not show: the step of `auth` that failed, what
   * must be and what is. Also with that of a 404 whose path is right but for its prefix (`unknown-path`). The answer
   * does not wait for it, and its own errors are dropped. Without it, nobody learns the reason.
   */
  onRefused?: (refusal: AuthRefusal, context: HookContext) => void | Promise<void>;
}

/** The options after the check, with their defaults. */
export interface Settings {
  authenticate(...request: Parameters<Authenticate>): ReturnType<Authenticate>;
  challenge: string;
  readsBody: boolean;
  maxBodyBytes: number;
  basePath: string;
  timeoutMs: number;
  onError(error: unknown, context: HookContext): Promise<void>;
  onRefused(refusal: AuthRefusal, context: HookContext): Promise<void>;
}

const names = ["auth", "basePath", "maxBodyBytes", "onError", "onRefused", "timeoutMs"];

/** Throws a `TypeError` that names the wrong option, what is allowed, and its value unless that may be a secret. */
export function readHandlerOptions(options: HandlerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot create the handler: options must be an object");
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrongHandlerOption(unknown, `is not known; allowed: ${names.join(", ")}`);
  const { auth, maxBodyBytes, onError, onRefused } = options;
  if (auth !== "none" && typeof auth !== "function") {
    throw wrongHandlerOption("auth", 'must be bearer(…), basic(…), apiKey(…), hmac(…), a function, or "none"');
  }
  for (const [name, hook] of Object.entries({ onError, onRefused })) {
    if (hook === undefined || typeof hook === "function") continue;
    throw wrongHandlerOption(name, `must be a function, is a ${typeof hook}`);
  }
  return {
    basePath: readBasePath(options.basePath),
    timeoutMs: readMilliseconds("timeoutMs", options.timeoutMs, 30_000),
    authenticate: auth === "none" ? () => "anonymous" : auth,
    readsBody: auth !== "none" && auth.readsBody !== false,
    challenge: (auth !== "none" && auth.challenge) || 'Custom realm="api"',
    maxBodyBytes: readMaxBodyBytes(maxBodyBytes),
    onError: withoutErrors(onError && ((error: unknown, context) => onError(errorToTell(error), context))),
    onRefused: withoutErrors(onRefused),
  };
}

/** Drops the errors of a hook: the request is answered already, and nobody is left to tell. */
function withoutErrors<A extends unknown[]>(hook: ((...args: A) => void | Promise<void>) | undefined) {
  return async (...args: A): Promise<void> => {
    try {
      await hook?.(...args);
    } catch {}
  };
}

function readBasePath(value = ""): string {
  if (typeof value === "string" && /^(\/[^/?#]+)*$/.test(value)) return value;
  throw wrongHandlerOption(
    "basePath",
    `must be empty or begin with / and not end with it, is ${JSON.stringify(value)}`,
  );
}
