import { randomUUID } from "node:crypto";
import { describeIssue, type Issue, type Operation } from "@codegames/codec";
import type { HandlerResponse } from "./http.ts";
import { type ProblemKind, problemKinds } from "./problem-kinds.ts";

/** The reason why a call is refused instead of answered by the provider. */
export interface Refusal {
  readonly kind: ProblemKind;
  /** What is wrong with this very call; without it, the general text of the kind. */
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  /** By lower-case name. */
  readonly headers?: { readonly [name: string]: string };
}

/** The call that is refused. */
export interface Refused {
  /** The operation; undefined when the path has none. */
  readonly operation?: Operation | undefined;
  readonly requestId: string;
  /** The page that explains the kinds of problem (`x-problem-types`); undefined when the contract names none. */
  readonly problemTypes?: string | undefined;
}

/** The call of an operation that is refused. */
export interface RefusedCall extends Refused {
  readonly operation: Operation;
}

/**
 * Makes the id of a request: a header of its answer, the `instance` of its problem details, and what hooks and methods
 * are told. Never the caller's own: two calls could have the same one, and a log would show what a stranger wrote.
 */
export const newRequestId = (): string => randomUUID();

/** Writes problem details (RFC 9457), in the form that the operation declares for the HTTP code, if it declares one. */
export function problemResponse(refusal: Refusal, { operation, requestId, problemTypes }: Refused): HandlerResponse {
  const [status, title, text] = problemKinds[refusal.kind];
  const problem = {
    type: problemTypes === undefined ? "about:blank" : `${problemTypes}#${refusal.kind}`,
    title,
    status,
    detail: refusal.detail ?? text,
    instance: `urn:uuid:${requestId}`,
    ...(refusal.issues && {
      errors: refusal.issues.map((issue) => ({ pointer: issue.pointer, detail: describeIssue(issue) })),
    }),
  };
  const headers = { "cache-control": "no-store", "request-id": requestId, ...refusal.headers };
  if (operation && status in operation.problems && !operation.problems[status]) return { status, headers, body: "" };
  const encoded = operation?.problems[status]?.encode(problem);
  return {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
    // A foreign contract can declare problems of its own shape; they get the standard form.
    body: encoded?.ok ? encoded.text : JSON.stringify(problem),
  };
}
