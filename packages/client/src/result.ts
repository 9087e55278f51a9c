import type { Codec, Encodable, Operation, OutcomeClass } from "@codegames/contract";

/** What a method takes: where the contract has an int64, a `bigint` or a safe integer `number`. */
export type Input<T> = Encodable<T>;

/** The request of an operation; undefined when the operation takes none. */
export type RequestOf<Op extends Operation> = Op["request"] extends Codec<infer T> ? Encodable<T> : undefined;

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
  | Unknown
  | NotSent;

/** What every result says of its attempt. */
export interface Attempt {
  /** Names this one call, for logs; it is not sent. */
  readonly attemptId: string;
  /** From the call to its result, in milliseconds. */
  readonly elapsedMs: number;
}

/** No decision: it may have happened or not. Neither deliver nor refund; ask (`x-inquiry`). */
export interface Unknown extends Attempt {
  readonly outcome: "unknown";
  readonly reason: Exclude<UnknownReason, "undecided">;
  /** The `status` of the answer as it came, if there was one: listed in the contract or not. */
  readonly status: string | undefined;
  /** The HTTP code of the answer, if it arrived. */
  readonly httpStatus: number | undefined;
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
 * - `http-status`: an HTTP code other than 2xx, and no documented refusal under 4xx.
 * - `malformed`: the body is not what the contract allows.
 * - `redirect`: an HTTP redirect, which is never followed.
 * - `unrecognised-status`: the body has a `status` that the contract does not list.
 * - `undecided`: a status that the contract lists as deciding nothing; `status` and `body` are there.
 * - `aborted`: the caller's signal, after the request was handed over.
 * - `too-large`: the body exceeds `maxBodyBytes`.
 */
export type UnknownReason =
  | "timeout"
  | "connection"
  | "http-status"
  | "malformed"
  | "redirect"
  | "unrecognised-status"
  | "undecided"
  | "aborted"
  | "too-large";

/**
 * Why a request was not sent:
 * - `invalid-request`: the contract does not allow it; correct it first.
 * - `no-credentials`: the `auth` function threw, returned no usable headers, or took longer than `timeoutMs`.
 * - `unreachable`: the name did not resolve, the connection was refused, or the TLS handshake failed.
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
      ? Listed & { readonly reason: "undecided"; readonly detail: string }
      : never
    : never;

type BodyOf<Op extends Operation> = Op["response"]["codec"] extends Codec<infer T> ? T : never;

type StatusOf<Op extends Operation, Class> = {
  [Status in keyof Op["outcomes"]]: Class extends Op["outcomes"][Status] ? Status : never;
}[keyof Op["outcomes"]];

type Variant<Body, Status> = Body extends { status?: infer Listed }
  ? Status extends Listed
    ? Body & { status: Status }
    : never
  : never;
