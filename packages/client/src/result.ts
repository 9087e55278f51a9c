import type { Encodable, Operation, OutcomeClass } from "@codegames/codec";

/** What a method takes: where the contract has an int64, a `bigint` or a safe integer `number`. */
export type Input<T> = Encodable<T>;

/** The request of an operation; undefined when the operation takes none. */
export type RequestOf<Op extends Operation> = Op["request"] extends { encode(value: infer Value): unknown } ? Value : undefined;

/**
 * What became of a call: a closed union, told apart by `outcome` and then by `status` or `reason`.
 *
 * It has only the classes that the operation has. `body` is the variant of the answer with that `status`.
 */
export type Result<Op extends Operation> =
  | Answered<Op, "succeeded">
  | Answered<Op, "rejected">
  | Answered<Op, "absent">
  | Undecided<Op>
  | Unknown<ProblemOf<Op>>
  | NotSent;

/** What every result says of its attempt. */
export interface Attempt {
  /** Names this one call, for logs; it is not sent. */
  readonly attemptId: string;
  /** From the call to its result, in milliseconds. */
  readonly elapsedMs: number;
}

/** No decision: it may have happened or not. Neither deliver nor refund; ask (`x-inquiry`). */
export interface Unknown<Problem = unknown> extends Attempt {
  readonly outcome: "unknown";
  readonly reason: Exclude<UnknownReason, "undecided">;
  /** The `status` of the answer as it came, if there was one: listed in the contract or not. */
  readonly status: string | undefined;
  /** The HTTP code of the answer, if it arrived. */
  readonly httpStatus: number | undefined;
  /** How long the answer asks to wait (`Retry-After`), in milliseconds from 0; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;
  /** What an answer other than 2xx says about the call (RFC 9457), when it is as the contract describes it. */
  readonly problem: Problem | undefined;
  /** One line for people: never a credential, never a part of the answer. */
  readonly detail: string;
}

/** Nothing was sent, or nothing that the other side can have acted on: provably nothing happened. */
export interface NotSent extends Attempt {
  readonly outcome: "not-sent";
  readonly reason: NotSentReason;
  /** One line for people: never a credential. */
  readonly detail: string;
}

/**
 * Why an outcome is unknown:
 * - `timeout`: no complete answer within `timeoutMs`.
 * - `connection`: the connection broke after the request may have left.
 * - `request-refused`: HTTP 400, 401, 403, 404, 405, 413, 415 or 422 without a status: turned away at the door, mostly by
 *   a wrong configuration. An operator must look; the money is released once `status` says absent (interpretation C9).
 * - `http-status`: any other HTTP code than 2xx, and no documented refusal under 4xx.
 * - `malformed`: the body is not what the contract allows.
 * - `redirect`: an HTTP redirect, which is never followed.
 * - `unrecognised-status`: the body has a `status` that the contract does not list.
 * - `mismatch`: the answer is about another product than was asked for; it is withheld (interpretation D10).
 * - `undecided`: a status that the contract lists as deciding nothing; `status` and `body` are there.
 * - `aborted`: the caller's signal, after the request was handed over.
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
  | "aborted"
  | "too-large";

/**
 * Why a request was not sent:
 * - `invalid-request`: the contract does not allow it; correct it first.
 * - `no-credentials`: the `auth` function threw, returned no usable headers, or took longer than `timeoutMs`.
 * - `unreachable`: the name did not resolve, the connection was refused or timed out, or the TLS handshake provably failed:
 *   the certificate was not accepted, or the other side refused. Plain text instead of TLS is `connection`, as that can
 *   also turn up behind a request.
 * - `aborted`: the caller's signal, before the request was handed over.
 */
export type NotSentReason = "invalid-request" | "no-credentials" | "unreachable" | "aborted";

type Answered<Op extends Operation, Class extends OutcomeClass> = [keyof Op["outcomes"]] extends [never]
  ? Class extends "succeeded"
    ? Answer<Class, undefined, BodyOf<Op>>
    : never
  : ByStatus<Class, StatusOf<Op, Class>, BodyOf<Op>>;

/** One member a status: a test of `status` narrows `body`. */
type ByStatus<Class, Status, Body> = Status extends string ? Answer<Class, Status, Variant<Body, Status>> : never;

interface Answer<Class, Status, Body> extends Attempt {
  readonly outcome: Class;
  readonly status: Status;
  readonly body: Body;
  readonly httpStatus: number;
}

type Undecided<Op extends Operation> =
  Answered<Op, "unknown"> extends infer Listed
    ? Listed extends Attempt
      ? Listed & { readonly reason: "undecided"; readonly retryAfterMs: number | undefined; readonly detail: string; readonly problem: undefined }
      : never
    : never;

type BodyOf<Op extends Operation> = ValueOf<Op["response"]["codec"]>;

type ProblemOf<Op extends Operation> = ValueOf<Op["problems"][keyof Op["problems"]]>;

type ValueOf<Codec> = Codec extends { decode(text: string): { ok: true; value: infer Value } | { ok: false } } ? Value : never;

type StatusOf<Op extends Operation, Class> = {
  [Status in keyof Op["outcomes"]]: Class extends Op["outcomes"][Status] ? Status : never;
}[keyof Op["outcomes"]];

type Variant<Body, Status> = Body extends { status?: infer Listed }
  ? Status extends Listed
    ? Body & { status: Status }
    : never
  : never;
