/**
 * Functions that watch the calls of a client. They are called synchronously; what they throw is ignored, and a promise
 * that they return is not waited for. What they get is theirs: changing it changes no call. Whatever the contract marks
 * as a secret, or does not know, is a `Secret` here.
 */
export interface Hooks {
  /** Before the credentials are added and the request is sent. Not for a call that is not sent. */
  onRequest?(event: RequestEvent): void;
  /**
   * When the HTTP code and the headers of an answer are there, and its body may be still to come. It may come after
   * `onOutcome`, when the answer of a `fetch` that ignores its signal comes after the deadline.
   */
  onResponse?(event: ResponseEvent): void;
  /** Once for every call, with its result: also for a call that was not sent. */
  onOutcome?(event: OutcomeEvent): void;
}

interface CallEvent {
  /** Id of the operation, such as `pay`. */
  readonly operation: string;
  /** The `attemptId` of the result. */
  readonly attemptId: string;
}

/** A request that is about to be sent. */
export interface RequestEvent extends CallEvent {
  /** In capitals. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** Path of the operation below the base URL. */
  readonly path: string;
  /** The body, as it is read back from its JSON text. */
  readonly request: unknown;
  /** The headers so far. A hook may set more, such as `traceparent`; credentials are not among them. */
  readonly headers: Headers;
}

/** An answer that has begun. */
export interface ResponseEvent extends CallEvent {
  readonly httpStatus: number;
}

/** A call that has ended. */
export interface OutcomeEvent extends CallEvent {
  /** A copy of what the caller gets. */
  readonly result: OutcomeResult;
}

/** Any result of any operation; each member means what it means in `Result`. */
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
}

/** Calls the hooks of several watchers. */
export function joinHooks(...watchers: readonly Hooks[]): Required<Hooks> {
  return {
    onRequest: (event) => watchers.forEach((hooks) => tell(() => hooks.onRequest?.(event))),
    onResponse: (event) => watchers.forEach((hooks) => tell(() => hooks.onResponse?.(event))),
    onOutcome: (event) => watchers.forEach((hooks) => tell(() => hooks.onOutcome?.(event))),
  };
}

/** A watcher that fails must not change what becomes of a payment. */
function tell(hook: () => unknown): void {
  try {
    Promise.resolve(hook()).catch(() => {});
  } catch {
    // As promised.
  }
}

/** A copy of JSON as it is decoded, down to the secrets, which it shares. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)])) as T;
}
