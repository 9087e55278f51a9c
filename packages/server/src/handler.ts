import { describeIssue, type Operation } from "@codegames/codec";
import { andThen, type Awaitable, isThenable, orElse } from "./awaitable.ts";
import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
import { type CallContext, type HandlerOptions, readOptions, type Settings } from "./options.ts";
import { problemResponse, type Refusal } from "./problem.ts";
import { isProblemError, ProblemError } from "./problem-error.ts";
import { readRequestBody } from "./request-body.ts";

/** An operation and the provider's method that answers it. */
export interface Route {
  readonly operation: Operation;
  // The codec of the operation has checked the request, and will check the answer.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly answer: (request: any, context: CallContext) => unknown;
}

/**
 * Makes the handler under every generated provider.
 *
 * @throws A `TypeError` when a method is missing or an option is wrong.
 */
export function createHandlerOf(provider: object, routes: readonly Route[], options: HandlerOptions): Handler {
  for (const { operation: { id } } of routes) {
    const method: unknown = Object(provider)[id];
    if (typeof method !== "function") {
      throw new TypeError(`Cannot create the handler: provider.${id} must be a function, is ${typeof method}`);
    }
  }
  const settings = readOptions(options);
  const byPath = Map.groupBy(routes, ({ operation }) => settings.basePath + operation.path);
  const serveNow = (request: HandlerRequest): Awaitable<HandlerResponse> => {
    const query = request.path.indexOf("?");
    const onPath = byPath.get(query === -1 ? request.path : request.path.slice(0, query));
    if (!onPath) return problemResponse(undefined, { httpStatus: 404 });
    const route = onPath.find(({ operation }) => operation.method === request.method);
    if (!route) {
      const allow = onPath.map(({ operation }) => operation.method).join(", ");
      const detail = `This path takes ${allow} only.`;
      return problemResponse(onPath[0]?.operation, { httpStatus: 405, detail, headers: { allow } });
    }
    return orElse(() => serve(route, request, settings), (error) => {
      void settings.onError(error, { operationId: route.operation.id });
      return problemResponse(route.operation, { httpStatus: 500 });
    });
  };
  return Object.assign(async (request: HandlerRequest) => serveNow(request), { atOnce: serveNow });
}

/**
 * Serves one call: authenticates, reads the body, asks the provider, writes the answer.
 *
 * @throws The error of the provider or of `auth`; a `TypeError` when the contract does not allow the answer.
 */
function serve({ operation, answer }: Route, request: HandlerRequest, settings: Settings): Awaitable<HandlerResponse> {
  const refuse = (refusal: Refusal) => problemResponse(operation, refusal);
  return andThen(inTime("auth", operation, settings, () => settings.authenticate(request)), (merchant) => {
    if (isProblemError(merchant)) return refuse(refusalOf(merchant));
    if (typeof merchant !== "string" || merchant === "") {
      return refuse({ httpStatus: 401, headers: { "www-authenticate": settings.challenge } });
    }
    const body = readRequestBody(operation, request, settings.maxBodyBytes);
    if ("refusal" in body) return refuse(body.refusal);
    return andThen(
      inTime("the provider", operation, settings, () => answer(body.value, { merchant })),
      (answered) => (isProblemError(answered) ? refuse(refusalOf(answered)) : responseOf(operation, answered)),
    );
  });
}

function responseOf(operation: Operation, answered: unknown): HandlerResponse {
  const encoded = operation.response.codec.encode(answered);
  if (!encoded.ok) {
    const { issue } = encoded;
    throw new TypeError(`Cannot answer ${operation.id}: ${issue.pointer || "the answer"} ${describeIssue(issue)}`);
  }
  const headers = { "cache-control": "no-store", "content-type": "application/json" };
  return { status: operation.response.httpStatus, headers, body: encoded.text };
}

function refusalOf({ httpStatus, detail, retryAfterSeconds }: ProblemError): Refusal {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { httpStatus, ...(detail !== undefined && { detail }), headers };
}

/** Calls a method. Returns its result, the `ProblemError` that it threw, or HTTP 503 when its time is over. */
function inTime(who: string, operation: Operation, settings: Settings, method: () => unknown): Awaitable<unknown> {
  return orElse(() => {
    const answer = method();
    return isThenable(answer) ? raceTime(who, operation, settings, answer) : answer;
  }, problemOrThrow);
}

async function raceTime(
  who: string,
  { id }: Operation,
  { timeoutMs, onError }: Settings,
  answer: PromiseLike<unknown>,
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<ProblemError>((resolve) => {
    timer = setTimeout(() => {
      void onError(new Error(`Cannot answer ${id}: ${who} took longer than ${timeoutMs} ms`), { operationId: id });
      resolve(new ProblemError(503));
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function problemOrThrow(error: unknown): ProblemError {
  if (isProblemError(error)) return error;
  throw error;
}
