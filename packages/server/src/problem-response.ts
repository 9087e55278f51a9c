import { describeIssue, type Issue, type Operation } from "@codegames/codec";
import type { HandlerResponse } from "./http.ts";

/** The reason why a call is refused instead of answered by the provider. */
export interface Refusal {
  readonly httpStatus: keyof typeof texts;
  /** What is wrong with this very call; without it, the general text of the HTTP code. */
  readonly detail?: string;
  readonly issue?: Issue;
  /** By lower-case name. */
  readonly headers?: { readonly [name: string]: string };
}

/** Writes problem details (RFC 9457), in the form that the operation declares for the HTTP code, if it declares one. */
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
    // A foreign contract can declare problems of its own shape; they get the standard form.
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
