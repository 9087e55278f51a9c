/** The HTTP codes with which a provider's method can refuse a call. */
export type ProblemStatus = 400 | 403 | 429 | 503;

/** Two versions of this package can meet in one program. */
const brand: unique symbol = Symbol.for("@codegames/server/ProblemError") as never;

/** Whether a value is a {@link ProblemError}, of this copy of the package or of another. */
export const isProblemError = (value: unknown): value is ProblemError =>
  typeof value === "object" && value !== null && brand in value;

/** The details of a refusal. */
export interface ProblemDetails {
  /**
   * The fault of this call, in words for people; sent as it is.
   *
   * @default the meaning of the HTTP code
   */
  detail?: string;
  /**
   * Seconds until the next attempt, a whole number from 0 (`Retry-After`, RFC 9110 10.2.3).
   *
   * @default 5 for 429 and 503, otherwise none
   */
  retryAfterSeconds?: number;
}

/**
 * Refuses a call: a provider's method throws it, and the handler answers with problem details (RFC 9457) and its HTTP code.
 * `onError` is not called. `status` throws `new ProblemError(503)` for a pay that is accepted and still undecided, and never
 * answers `TXN_NOT_FOUND` then (interpretation B4).
 *
 * `instanceof` also recognises a `ProblemError` of another copy of this package in the same program.
 *
 * @throws A `TypeError` when the HTTP code or `retryAfterSeconds` is out of range.
 */
export class ProblemError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ProblemError ? isProblemError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  get [brand](): true {
    return true;
  }
  readonly httpStatus: ProblemStatus;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(httpStatus: ProblemStatus, { detail, retryAfterSeconds }: ProblemDetails = {}) {
    super(detail ?? `HTTP ${httpStatus}`);
    this.name = "ProblemError";
    if (![400, 403, 429, 503].includes(httpStatus)) {
      throw new TypeError(`Cannot refuse a call: httpStatus must be 400, 403, 429 or 503, is ${httpStatus}`);
    }
    if (retryAfterSeconds !== undefined && !(Number.isSafeInteger(retryAfterSeconds) && retryAfterSeconds >= 0)) {
      throw new TypeError(`Cannot refuse a call: retryAfterSeconds must be a whole number from 0, is ${retryAfterSeconds}`);
    }
    this.httpStatus = httpStatus;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds ?? (httpStatus >= 429 ? 5 : undefined);
  }
}
