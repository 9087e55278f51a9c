import { describeIssue, type Operation } from "@codegames/codec";
import type { AuthRefusal } from "./auth-refusal.ts";
import { Drain } from "./drain.ts";
import { type CallContext, type HandlerOptions, readHandlerOptions, type Settings } from "./handler-options.ts";
import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
import { isThenable, type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import { isProblemError, ProblemError } from "./problem-error.ts";
import { problemResponse, type Refusal } from "./problem-response.ts";
import { readRequestBody } from "./request-body.ts";

/** An operation and the provider's method that answers it. */
export interface Route {
  readonly operation: Operation;
  // oxlint-disable-next-line typescript/no-explicit-any -- the operation's codec checks the request and the answer
  readonly answer: (request: any, context: CallContext) => unknown;
}

interface Serving extends Settings {
  readonly drain: Drain;
}

/**
 * Makes a handler of a provider's methods; every generated `createHandler` calls it.
 *
 * @throws A `TypeError` when a method is missing or an option is wrong; the message names it.
 */
export function createHandlerOf(provider: object, routes: readonly Route[], options: HandlerOptions): Handler {
  checkMethods(provider, routes);
  const drain = new Drain();
  const settings = { ...readHandlerOptions(options), drain };
  const routesByPath = Map.groupBy(routes, ({ operation }) => settings.basePath + operation.path);
  const answer = (request: HandlerRequest): MaybePromise<HandlerResponse> => {
    const routesOnPath = routesByPath.get(withoutQuery(request.path));
    if (drain.hasBegun) return shuttingDown(routesOnPath?.[0]?.operation);
    if (!routesOnPath) return problemResponse(undefined, { httpStatus: 404 });
    const route = routesOnPath.find(({ operation }) => operation.method === request.method);
    if (!route) return methodNotAllowed(routesOnPath);
    return tryOr(
      () => serve(route, request, settings),
      (error) => {
        void settings.onError(error, { operationId: route.operation.id });
        return problemResponse(route.operation, { httpStatus: 500 });
      },
    );
  };
  const lastWhenDraining = (answered: HandlerResponse) => (drain.hasBegun ? last(answered) : answered);
  const atOnce = (request: HandlerRequest): MaybePromise<HandlerResponse> => {
    const answered = answer(request);
    return isThenable(answered) ? drain.track(answered.then(lastWhenDraining)) : answered;
  };
  const handler = async (request: HandlerRequest) => atOnce(request);
  return Object.assign(handler, { atOnce, drain: () => drain.begin(), underWay: () => drain.count });
}

function shuttingDown(operation: Operation | undefined): HandlerResponse {
  const detail = "The server is shutting down. It has not looked at this request.";
  return last(problemResponse(operation, { httpStatus: 503, detail, headers: { "retry-after": "5" } }));
}

/** The answer behind which the connection closes, so that no further request comes on it. */
const last = (answer: HandlerResponse): HandlerResponse => ({
  ...answer,
  headers: { ...answer.headers, connection: "close" },
});

function checkMethods(provider: object, routes: readonly Route[]): void {
  for (const { operation } of routes) {
    const method: unknown = Object(provider)[operation.id];
    if (typeof method !== "function") {
      throw new TypeError(
        `Cannot create the handler: provider.${operation.id} must be a function, is ${typeof method}`,
      );
    }
  }
}

function withoutQuery(path: string): string {
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}

function methodNotAllowed(routesOnPath: readonly Route[]): HandlerResponse {
  const allow = routesOnPath.map(({ operation }) => operation.method).join(", ");
  const detail = `This path takes ${allow} only.`;
  return problemResponse(routesOnPath[0]?.operation, { httpStatus: 405, detail, headers: { allow } });
}

/** Finds the merchant, then answers it. Throws what `auth` or the provider throws. */
function serve(route: Route, request: HandlerRequest, settings: Serving): MaybePromise<HandlerResponse> {
  const { operation } = route;
  let refusal: AuthRefusal = { reason: "no-merchant", detail: "auth found no merchant, and gave no reason" };
  const refuse = (told: AuthRefusal) => void (refusal = told);
  const authenticated = callInTime("auth", operation, settings, () => settings.authenticate(request, refuse));
  return whenReady(authenticated, (merchant) => {
    if (isProblemError(merchant)) return problemResponse(operation, refusalOf(merchant));
    if (typeof merchant !== "string" || merchant === "") {
      void settings.onRefused(refusal, { operationId: operation.id });
      const headers = { "www-authenticate": settings.challenge };
      return problemResponse(operation, { httpStatus: 401, headers });
    }
    return answerMerchant(merchant, route, request, settings);
  });
}

/** Reads the body, calls the provider and writes its answer. */
function answerMerchant(
  merchant: string,
  { operation, answer }: Route,
  request: HandlerRequest,
  settings: Serving,
): MaybePromise<HandlerResponse> {
  const body = readRequestBody(operation, request, settings.maxBodyBytes);
  if ("refusal" in body) return problemResponse(operation, body.refusal);
  const answered = callInTime("the provider", operation, settings, () => answer(body.value, { merchant }));
  return whenReady(answered, (value) =>
    isProblemError(value) ? problemResponse(operation, refusalOf(value)) : responseOf(operation, value),
  );
}

/** Throws a `TypeError` when the answer is off contract. */
function responseOf(operation: Operation, answer: unknown): HandlerResponse {
  const encoded = operation.response.codec.encode(answer);
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

/** Calls a method of the user. Returns its result, or a `ProblemError`: what it threw, or 503 after `timeoutMs`. */
function callInTime(
  who: string,
  operation: Operation,
  settings: Serving,
  method: () => unknown,
): MaybePromise<unknown> {
  return tryOr(
    () => {
      const result = method();
      return isThenable(result) ? raceTimeout(who, operation, settings, result) : result;
    },
    (error) => {
      if (isProblemError(error)) return error;
      throw error;
    },
  );
}

async function raceTimeout(
  who: string,
  { id }: Operation,
  { timeoutMs, onError, drain }: Serving,
  result: PromiseLike<unknown>,
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ProblemError>((resolve) => {
    timer = setTimeout(() => {
      void onError(new Error(`Cannot answer ${id}: ${who} took longer than ${timeoutMs} ms`), { operationId: id });
      // The method runs on, and its store must outlive it.
      void drain.track(Promise.resolve(result)).catch(() => {});
      resolve(new ProblemError(503));
    }, timeoutMs);
  });
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
