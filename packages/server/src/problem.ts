import { describeIssue, type Issue, type Operation } from "@codegames/codec";
import { attempt, type Awaitable } from "./awaitable.ts";
import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";

/** A call that is refused before, or in place of, an answer of the provider. */
export interface Refusal {
  readonly httpStatus: keyof typeof texts;
  /** What is wrong with this very call; without it, the text of the HTTP code. */
  readonly detail?: string;
  readonly issue?: Issue;
  /** By lower-case name. */
  readonly headers?: { readonly [name: string]: string };
}

/** A handler of this package does not reject; one that somebody has wrapped may. */
export const answerOf = (handler: Handler, request: HandlerRequest): Awaitable<HandlerResponse> =>
  attempt(() => (handler.atOnce ?? handler)(request), () => problemResponse(undefined, { httpStatus: 500 }));

/** Writes problem details (RFC 9457), in the form that the operation has for the HTTP code if it has one. */
export function problemResponse(operation: Operation | undefined, refusal: Refusal): HandlerResponse {
  const { httpStatus, detail = texts[httpStatus][1], issue } = refusal;
  const problem = {
    type: "about:blank",
    title: texts[httpStatus][0],
    status: httpStatus,
    detail,
    ...(issue && { errors: [{ pointer: issue.pointer, detail: describeIssue(issue) }] }),
  };
  const headers = { "cache-control": "no-store", ...refusal.headers };
  if (operation && httpStatus in operation.problems && !operation.problems[httpStatus]) {
    return { status: httpStatus, headers, body: "" };
  }
  const encoded = operation?.problems[httpStatus]?.encode(problem);
  return {
    status: httpStatus,
    headers: { "content-type": "application/problem+json", ...headers },
    // A contract can have problems of its own shape, which nobody here can fill in.
    body: encoded?.ok ? encoded.text : JSON.stringify(problem),
  };
}

const texts = {
  400: ["Bad Request", "The request body is not what the contract asks for."],
  401: ["Unauthorized", "The credentials are missing or wrong."],
  403: ["Forbidden", "The merchant may not do this."],
  404: ["Not Found", "There is no such path."],
  405: ["Method Not Allowed", "The path does not take this method."],
  408: ["Request Timeout", "The request did not arrive in time."],
  413: ["Content Too Large", "The body is too large."],
  415: ["Unsupported Media Type", "The body must be application/json in UTF-8, without a content coding."],
  429: ["Too Many Requests", "There are too many requests; try again later."],
  431: ["Request Header Fields Too Large", "The headers are too large."],
  500: ["Internal Server Error", "The request could not be served."],
  503: ["Service Unavailable", "The request is not decided yet; ask again later."],
} as const satisfies Record<number, readonly [title: string, detail: string]>;
