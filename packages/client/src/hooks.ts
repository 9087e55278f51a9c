import type { Deviation } from "@codegames/codec";
import type { Unread } from "./unread.ts";

/**
 * Functions that watch the calls of a client. They run synchronously; the client ignores their errors and does not wait
 * for their promises. Their arguments are copies: a change of them changes no call. Values that the contract marks as
 * secrets or does not know are `Secret`s here.
 */
export interface Hooks {
  /** Called before the credentials are added and the request is sent. Not called when nothing is sent. */
  onRequest?(event: RequestEvent): void;
  /**
   * Called when the HTTP code and the headers of an answer have arrived; the body may follow. It can come after
   * `onOutcome` when a `fetch` that ignores its signal answers after the deadline.
   */
  onResponse?(event: ResponseEvent): void;
  /** Called once per call with its result, also when nothing was sent. */
  onOutcome?(event: OutcomeEvent): void;
}

interface CallEvent {
  /** Id of the operation, such as `pay`. */
  readonly operation: string;
  /** The `attemptId` of the result. */
  readonly attemptId: string;
}

/** A request just before it is sent. */
export interface RequestEvent extends CallEvent {
  /** In capitals. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** Path of the operation below the base URL. */
  readonly path: string;
  /** The body, read back from its JSON text. */
  readonly request: unknown;
  /** The headers without credentials. A hook may add more, such as `traceparent`. */
  readonly headers: Headers;
}

/** The start of an answer. */
export interface ResponseEvent extends CallEvent {
  readonly httpStatus: number;
}

/** The end of a call. */
export interface OutcomeEvent extends CallEvent {
  /** A copy of the caller's result. */
  readonly result: OutcomeResult;
}

/** The result of any operation. Its members mean the same as those of `Result`. */
export interface OutcomeResult {
  readonly outcome: "succeeded" | "rejected" | "absent" | "unknown" | "not-sent";
  readonly attemptId: string;
  /** In milliseconds. */
  readonly elapsedMs: number;
  readonly reason?: string;
  readonly status?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** In milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly problem?: unknown;
  readonly body?: unknown;
  readonly detail?: string;
  readonly deviations?: readonly Deviation[];
  readonly unread?: Unread;
}

/** Combines the hooks of several watchers. */
export function joinHooks(...watchers: readonly Hooks[]): Required<Hooks> {
  return {
    onRequest: (event) => watchers.forEach((hooks) => callSafely(() => hooks.onRequest?.(event))),
    onResponse: (event) => watchers.forEach((hooks) => callSafely(() => hooks.onResponse?.(event))),
    onOutcome: (event) => watchers.forEach((hooks) => callSafely(() => hooks.onOutcome?.(event))),
  };
}

/** Ignores the errors of a watcher: they must not change the result of a payment. */
function callSafely(hook: () => unknown): void {
  try {
    Promise.resolve(hook()).catch(() => {});
  } catch {
    // Ignored, as the docs of `Hooks` promise.
  }
}

/** Copies decoded JSON. The copy shares the secrets. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)])) as T;
}
