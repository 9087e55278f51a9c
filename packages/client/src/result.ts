import type { Deviation, Encodable, Operation, OutcomeClass, SchemaOf } from "@codegames/codec";
import type { Unread } from "./unread.ts";

/** The request of a method. For an int64 it may hold a `bigint` or a safe integer `number`. */
export type Input<T> = Encodable<T>;

/** The request of an operation; undefined when the operation takes none. */
export type RequestOf<Op extends Operation> = Op["request"] extends { encode(value: infer Value): unknown }
  ? Value
  : undefined;

/**
 * The result of a call: a closed union. Switch on `outcome`, then on `status` or `reason`.
 *
 * It has only the outcome classes of its operation. `body` is the variant of the answer with that `status`.
 */
export type Result<Op extends Operation> =
  | ByClass<Op, "succeeded">
  | ByClass<Op, "rejected">
  | ByClass<Op, "absent">
  | Undecided<Op>
  | Unknown<ProblemOf<Op>>
  | NotSent;

/** The attempt behind a result. */
export interface Attempt {
  /** An id of this call, for logs. It is not sent. */
  readonly attemptId: string;
  /** Time from the call to its result, in milliseconds. */
  readonly elapsedMs: number;
}

/** What comes with every answer. */
export interface Answered {
  /**
   * What the answer has off contract that decides nothing (interpretations D17 to D19): tell the provider. Empty for an
   * exact answer, and for one that was not understood.
   */
  readonly deviations: readonly Deviation[];
  /**
   * The body of an answer that was not understood, or contradicts itself, or of which a secret could not be read: for a
   * person to look at (interpretation C3). With the reason `mismatch` it belongs to somebody else's order. Only of an
   * operation whose unknown outcome must be settled (`x-inquiry`), and of a sale with a secret that could not be read.
   */
  readonly unread?: Unread;
}

/** Nothing is decided: the sale may have happened or not. Neither deliver nor refund; ask `status` (`x-inquiry`). */
export interface Unknown<Problem = unknown> extends Attempt, Answered {
  readonly outcome: "unknown";
  readonly reason: Exclude<UnknownReason, "undecided">;
  /** The raw `status` of the answer, if it had one, listed in the contract or not. */
  readonly status: string | undefined;
  /** The HTTP code, if an answer arrived. */
  readonly httpStatus: number | undefined;
  /** The wait that the answer asks for (`Retry-After`), in milliseconds from 0; undefined when it asks for none. */
  readonly retryAfterMs: number | undefined;
  /** The problem details (RFC 9457) of an answer other than 2xx, if the contract describes them so. */
  readonly problem: Problem | undefined;
  /** One line for people. It never holds a credential or a part of the answer. */
  readonly detail: string;
}

/** Provably nothing happened: nothing was sent, or nothing that the other side could act on. */
export interface NotSent extends Attempt {
  readonly outcome: "not-sent";
  readonly reason: NotSentReason;
  /** One line for people. It never holds a credential. */
  readonly detail: string;
}

/**
 * Why an outcome is unknown:
 *
 * - `timeout`: no complete answer within `timeoutMs`.
 * - `connection`: the connection broke after the request may have left.
 * - `request-refused`: HTTP 400, 401, 403, 404, 405, 413, 415 or 422 without a status: refused at the door, mostly
 *   because of a wrong configuration. An operator must look. Refund only once `status` answers absent (interpretation
 *   C9).
 * - `http-status`: any other HTTP code except 2xx, without a documented refusal under 4xx.
 * - `malformed`: the contract does not allow the body in what decides, or it contradicts itself.
 * - `redirect`: an HTTP redirect. The client never follows one.
 * - `unrecognised-status`: the body has a `status` that the contract does not list.
 * - `mismatch`: the answer is about another product or another transaction. It is withheld (interpretations D10, A10).
 * - `undecided`: the contract lists the status as one that decides nothing. `status` and `body` are set.
 * - `not-final`: refused, but a request can be sent twice here (option `mayRepeatRequests`), and the refusal may answer
 *   the second copy of a request that has sold. `status` is that of the refusal.
 * - `aborted`: the caller aborted after the request was passed to `fetch`.
 * - `too-large`: the body exceeds `maxBodyBytes`.
 */
export type UnknownReason =
  | "timeout"
  | "connection"
  | "request-refused"
  | "http-status"
  | "malformed"
  | "redirect"
  | "unrecognised-status"
  | "mismatch"
  | "undecided"
  | "not-final"
  | "aborted"
  | "too-large";

/**
 * Why a request was not sent:
 *
 * - `invalid-request`: the contract does not allow the request. Correct it first.
 * - `no-credentials`: the `auth` function threw, returned no usable headers, or took longer than `timeoutMs`.
 * - `unreachable`: the name did not resolve, the connection was refused or timed out, or the TLS handshake provably
 *   failed: the certificate was rejected, or the other side refused. Plain text instead of TLS is `connection`, because
 *   it can also follow a request.
 * - `aborted`: the caller aborted before the request was passed to `fetch`.
 */
export type NotSentReason = "invalid-request" | "no-credentials" | "unreachable" | "aborted";

type ByClass<Op extends Operation, Class extends OutcomeClass> = [keyof Op["outcomes"]] extends [never]
  ? Class extends "succeeded"
    ? Answer<Class, undefined, BodyOf<Op>>
    : never
  : ByStatus<Class, StatusOf<Op, Class>, BodyOf<Op>>;

/** One member per status, so that a test of `status` narrows `body`. */
type ByStatus<Class, Status, Body> = Status extends string ? Answer<Class, Status, Variant<Body, Status>> : never;

interface Answer<Class, Status, Body> extends Attempt, Answered {
  readonly outcome: Class;
  readonly status: Status;
  readonly body: Body;
  readonly httpStatus: number;
}

type Undecided<Op extends Operation> =
  ByClass<Op, "unknown"> extends infer Listed
    ? Listed extends Attempt
      ? Listed & {
          readonly reason: "undecided";
          readonly retryAfterMs: number | undefined;
          readonly detail: string;
          readonly problem: undefined;
        }
      : never
    : never;

type BodyOf<Op extends Operation> = ValueOf<Op["response"]["codec"]>;

type ProblemOf<Op extends Operation> = ValueOf<Op["problems"][keyof Op["problems"]]>;

type ValueOf<Codec> = Codec extends { schema(): SchemaOf<infer Received> } ? Received : never;

type StatusOf<Op extends Operation, Class> = {
  [Status in keyof Op["outcomes"]]: Class extends Op["outcomes"][Status] ? Status : never;
}[keyof Op["outcomes"]];

type Variant<Body, Status> = Body extends { status?: infer Listed }
  ? Status extends Listed
    ? Body & { status: Status }
    : never
  : never;
