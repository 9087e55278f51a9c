/** What a provider's method can refuse a call with beside its answers. */
export type ProblemStatus = 400 | 403 | 429 | 503;

/** What a refusal says beside its HTTP code. */
export interface ProblemDetails {
  /** What is wrong with this call, for people; it is sent as it is. Default: the meaning of the HTTP code. */
  detail?: string;
  /** When to try again, in whole seconds from 0 (`Retry-After`, RFC 9110 10.2.3). Default for 429 and 503: 5. */
  retryAfterSeconds?: number;
}

/**
 * Thrown by a provider's method, it becomes problem details (RFC 9457) with its HTTP code; `onError` is not told. A pay
 * that is accepted and still undecided is `new ProblemError(503)` to `status`, never `TXN_NOT_FOUND` (interpretation B4).
 */
export class ProblemError extends Error {
  readonly httpStatus: ProblemStatus;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(httpStatus: ProblemStatus, { detail, retryAfterSeconds }: ProblemDetails = {}) {
    super(detail ?? `HTTP ${httpStatus}`);
    this.name = "ProblemError";
    if (![400, 403, 429, 503].includes(httpStatus)) throw new TypeError(`Cannot refuse a call: httpStatus must be 400, 403, 429 or 503, is ${httpStatus}`);
    if (retryAfterSeconds !== undefined && !(Number.isSafeInteger(retryAfterSeconds) && retryAfterSeconds >= 0)) {
      throw new TypeError(`Cannot refuse a call: retryAfterSeconds must be a whole number from 0, is ${retryAfterSeconds}`);
    }
    this.httpStatus = httpStatus;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds ?? (httpStatus >= 429 ? 5 : undefined);
  }
}
