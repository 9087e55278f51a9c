/** The HTTP codes with which a provider's method can refuse a call. */
export type ProblemStatus = 400 | 403 | 429 | 503;

/** What a refusal says beside its HTTP code. */
export interface ProblemDetails {
  /** Tells people what is wrong with this call; sent as it is. Without it, the text of the HTTP code is sent. */
  detail?: string;
  /**
   * When to try again, in whole seconds from 0 (`Retry-After`, RFC 9110 10.2.3). Without it, 400 and 403 have no such
   * header.
   *
   * @default 5 for 429 and 503
   */
  retryAfterSeconds?: number;
}

const brand = Symbol.for("@codegames/server/ProblemError");

/**
 * A provider's method throws it to refuse a call: the answer is problem details (RFC 9457) with this HTTP code, and
 * `onError` is not called. While an accepted pay is undecided, `status` throws `new ProblemError(503)` and never
 * answers `TXN_NOT_FOUND` (interpretation B4).
 */
export class ProblemError extends Error {
  static {
    // On the prototype, where no log of an error shows it.
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** As `isProblemError`; a subclass is recognised by its prototype. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ProblemError ? isProblemError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  readonly httpStatus: ProblemStatus;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  /** @throws A `TypeError` when `httpStatus` is another code or `retryAfterSeconds` is no whole number from 0. */
  constructor(httpStatus: ProblemStatus, details: ProblemDetails = {}) {
    const { detail, retryAfterSeconds } = details;
    super(detail ?? `HTTP ${httpStatus}`);
    this.name = "ProblemError";
    if (![400, 403, 429, 503].includes(httpStatus)) {
      throw new TypeError(`Cannot refuse a call: httpStatus must be 400, 403, 429 or 503, is ${httpStatus}`);
    }
    if (retryAfterSeconds !== undefined && !(Number.isSafeInteger(retryAfterSeconds) && retryAfterSeconds >= 0)) {
      throw new TypeError(
        `Cannot refuse a call: retryAfterSeconds must be a whole number from 0, is ${retryAfterSeconds}`,
      );
    }
    this.httpStatus = httpStatus;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds ?? (httpStatus >= 429 ? 5 : undefined);
  }
}

/** Recognises a `ProblemError` of any copy of this package: two can meet in one program. */
export const isProblemError = (value: unknown): value is ProblemError =>
  typeof value === "object" && value !== null && brand in value;
