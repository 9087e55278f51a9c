import { examples } from "@codegames/contract/examples";
import { MatchersV3 } from "@pact-foundation/pact";
import { type Interaction, matchMediaType, matchText, order, requests, token } from "./interaction.ts";

interface Problem {
  /** Name of the example in the contract. */
  name: string;
  state: string;
  reason: string;
  /** @default the known token */
  token?: string;
  retryAfterMs?: number;
}

type HttpStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503;

/**
 * The problems that a provider answers with, and the state in which it does. In the states "requests arrive …" a
 * gateway has changed the request on its way.
 */
const problems: Record<HttpStatus, Problem> = {
  400: { name: "BadRequest", state: "requests arrive with their JSON cut short", reason: "request-refused" },
  401: {
    name: "Unauthorized",
    state: "the credentials are not known",
    reason: "request-refused",
    token: "EXAMPLE-TOKEN-OF-NOBODY",
  },
  403: { name: "Forbidden", state: "the merchant may not make this call", reason: "request-refused" },
  404: { name: "NotFound", state: "requests arrive under a path that does not exist", reason: "request-refused" },
  405: { name: "MethodNotAllowed", state: "requests arrive as GET", reason: "request-refused" },
  413: {
    name: "ContentTooLarge",
    state: "requests arrive with more bytes than the provider reads",
    reason: "request-refused",
  },
  415: { name: "UnsupportedMediaType", state: "requests arrive as text/plain", reason: "request-refused" },
  429: {
    name: "TooManyRequests",
    state: "the provider asks for fewer calls",
    reason: "http-status",
    retryAfterMs: 5000,
  },
  500: { name: "InternalServerError", state: "the provider fails", reason: "http-status" },
  503: {
    name: "ServiceUnavailable",
    state: "the provider cannot answer now",
    reason: "http-status",
    retryAfterMs: 5000,
  },
};

/** Every problem of every operation. */
export const problemInteractions: Interaction[] = (["check", "pay", "status"] as const).flatMap((operation) =>
  Object.entries(problems).map(([code, problem]) => createInteraction(operation, Number(code) as HttpStatus, problem)),
);

function createInteraction(operation: Interaction["operation"], httpStatus: HttpStatus, problem: Problem): Interaction {
  const named: Record<string, { title: string; status: number }> = examples[operation].responses[httpStatus];
  const { title, status } = named[problem.name]!;
  const { state, reason, retryAfterMs } = problem;
  const isUndecided = operation === "status" && httpStatus === 503;
  const suffix = isUndecided ? " while the payment is not decided" : "";
  return {
    operation,
    description: `${operation} is answered with HTTP ${httpStatus}${suffix}`,
    state: isUndecided
      ? { name: "the payment is accepted and not decided yet", params: order }
      : { name: state, params: {} },
    token: problem.token ?? token,
    request: requests[operation],
    httpStatus,
    headers: {
      "Content-Type": matchMediaType("application/problem+json"),
      ...(retryAfterMs && { "Retry-After": MatchersV3.regex("^\\d+$", String(retryAfterMs / 1000)) }),
    },
    // Helps whoever looks for the fault; the contract leaves all members optional.
    body: { title: matchText(title), status },
    result: { outcome: "unknown", reason, problem: { title, status }, ...(retryAfterMs && { retryAfterMs }) },
  };
}
