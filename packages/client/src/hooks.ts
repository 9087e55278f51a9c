/**
 * Functions that watch the calls of a client. They are called synchronously and in this order; what they throw is
 * ignored, and a promise that they return is not waited for. Whatever the contract marks as a secret is a `Secret` here.
 */
export interface Hooks {
  /** Before the credentials are added and the request is sent. */
  onRequest?(event: RequestEvent): void;
  /** When the HTTP code and the headers of an answer are there, and its body may be still to come. */
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

export interface RequestEvent extends CallEvent {
  readonly method: string;
  readonly url: string;
  /** Path of the operation below the base URL. */
  readonly path: string;
  /** The body, as it is read back from its JSON text. */
  readonly request: unknown;
  /** The headers so far. A hook may set more, such as `traceparent`; credentials are not among them. */
  readonly headers: Headers;
}

export interface ResponseEvent extends CallEvent {
  readonly httpStatus: number;
}

export interface OutcomeEvent extends CallEvent {
  /** What the caller gets. */
  readonly result: OutcomeResult;
}

/** Any result of any operation. */
export interface OutcomeResult {
  readonly outcome: "succeeded" | "rejected" | "absent" | "unknown" | "not-sent";
  readonly reason?: string;
  readonly status?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly body?: unknown;
  readonly detail?: string;
  readonly elapsedMs: number;
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
    const returned = hook();
    if (returned instanceof Promise) returned.catch(() => {});
  } catch {
    // As promised.
  }
}
