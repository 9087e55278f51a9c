import { describeIssue, type Operation } from "@codegames/codec";
import type { AuthRefusal } from "./auth-refusal.ts";
import { callInTime, type Serving } from "./call-in-time.ts";
import { Drain, lastOnConnection } from "./drain.ts";
import { ownError } from "./error-to-tell.ts";
import { type CallContext, type HandlerOptions, readHandlerOptions } from "./handler-options.ts";
import type { AnswerWithBody, Handler, HandlerRequest, HandlerResponse, RequestHead } from "./http.ts";
import { type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import { isProblemError, type ProblemError } from "./problem-error.ts";
import { problemResponse, type Refusal } from "./problem-response.ts";
import { checkMediaType, readRequestBody } from "./request-body.ts";
import { describeNearMiss } from "./unknown-path.ts";

/** An operation and the provider's method that answers it. */
export interface Route {
  readonly operation: Operation;
  // oxlint-disable-next-line typescript/no-explicit-any -- the operation's codec checks the request and the answer
  readonly answer: (request: any, context: CallContext) => unknown;
}

/**
 * Makes a handler of a provider's methods; every generated `createHandler` calls it.
 *
 * @throws A `TypeError` when a method is missing or an option is wrong; the message names it.
 */
export function createHandlerOf(provider: object, routes: readonly Route[], options: HandlerOptions): Handler {
  checkMethods(provider, routes);
  const drain = new Drain();
  const serving: Serving = { ...readHandlerOptions(options), drain };
  const routesByPath = Map.groupBy(routes, ({ operation }) => serving.basePath + operation.path);
  const begin = (head: RequestHead): MaybePromise<HandlerResponse | AnswerWithBody> => {
    const path = withoutQuery(head.path);
    const routesOnPath = routesByPath.get(path);
    if (drain.hasBegun) return shuttingDown(routesOnPath?.[0]?.operation);
    if (!routesOnPath) return notFound(path, routes, serving);
    const route = routesOnPath.find(({ operation }) => operation.method === head.method);
    return route ? serve(route, head, serving) : methodNotAllowed(routesOnPath);
  };
  const atOnce = (request: HandlerRequest) =>
    whenReady(begin(request), (begun) => (typeof begun === "function" ? begun(request.body) : begun));
  const handler = async (request: HandlerRequest) => atOnce(request);
  return Object.assign(handler, { atOnce, begin, drain: () => drain.begin(), underWay: () => drain.count });
}

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

function notFound(path: string, routes: readonly Route[], { basePath, onRefused }: Serving): HandlerResponse {
  const operations = routes.map(({ operation }) => operation);
  const missed = describeNearMiss(path, basePath, operations);
  if (missed) void onRefused({ reason: "unknown-path", detail: missed.detail }, { operationId: missed.operationId });
  return problemResponse(undefined, { httpStatus: 404 });
}

function shuttingDown(operation: Operation | undefined): HandlerResponse {
  const detail = "The server is shutting down, and has not looked at this request.";
  return lastOnConnection(problemResponse(operation, { httpStatus: 503, detail, headers: { "retry-after": "5" } }));
}

/** Answers a call, without its body where that is possible. Counts the call as under way meanwhile. */
function serve(route: Route, head: RequestHead, serving: Serving): MaybePromise<HandlerResponse | AnswerWithBody> {
  const { operation } = route;
  const { drain, onError } = serving;
  const fail = (error: unknown): HandlerResponse => {
    void onError(error, { operationId: operation.id });
    return problemResponse(operation, { httpStatus: 500 });
  };
  const leave = (answer: HandlerResponse): HandlerResponse => {
    drain.leave();
    return drain.hasBegun ? lastOnConnection(answer) : answer;
  };
  drain.enter();
  const begun = tryOr(() => serveHead(route, head, serving), fail);
  return whenReady(begun, (next) => {
    if (typeof next !== "function") return leave(next);
    return (body) =>
      whenReady(
        tryOr(() => next(body), fail),
        leave,
      );
  });
}

/** Finds the merchant, before the body is read if `auth` does without it. */
function serveHead(route: Route, head: RequestHead, serving: Serving): MaybePromise<HandlerResponse | AnswerWithBody> {
  const { operation } = route;
  const admit = (body: HandlerRequest["body"]) =>
    whenReady(authenticate(operation, { ...head, body }, serving), (found): HandlerResponse | AnswerWithBody => {
      if (typeof found !== "string") return found;
      return (
        unfitOf(operation, head) ??
        withBody(operation, (received) => answerMerchant(found, route, head, received, serving))
      );
    });
  if (!serving.readsBody) return admit(unread);
  return withBody(operation, (body) =>
    whenReady(admit(body), (next) => (typeof next === "function" ? next(body) : next)),
  );
}

const unread = new Uint8Array();

/** Answers a body that is not there. */
const withBody =
  (operation: Operation, answer: (body: HandlerRequest["body"]) => MaybePromise<HandlerResponse>): AnswerWithBody =>
  (body) => {
    if (body === "too-slow") return problemResponse(operation, { httpStatus: 408 });
    if (body === "aborted") return problemResponse(operation, { httpStatus: 400 });
    if (body !== "read-before") return answer(body);
    const reason = "its body was read before, and request.rawBody has no bytes";
    throw ownError(new TypeError(`Cannot answer ${operation.id}: ${reason}`));
  };

function unfitOf(operation: Operation, head: RequestHead): HandlerResponse | undefined {
  const unfit = checkMediaType(operation, head);
  return unfit && problemResponse(operation, unfit);
}

/** Returns the merchant, or the answer that refuses the call. */
function authenticate(
  operation: Operation,
  request: HandlerRequest,
  serving: Serving,
): MaybePromise<string | HandlerResponse> {
  let refusal: AuthRefusal = { reason: "no-merchant", detail: "auth found no merchant, and gave no reason" };
  const refuse = (told: AuthRefusal) => void (refusal = told);
  const authenticated = callInTime("auth", operation, request, serving, () => serving.authenticate(request, refuse));
  return whenReady(authenticated, (merchant) => {
    if (isProblemError(merchant)) return problemResponse(operation, refusalOf(merchant));
    if (typeof merchant === "string" && merchant !== "") return merchant;
    void serving.onRefused(refusal, { operationId: operation.id });
    return problemResponse(operation, { httpStatus: 401, headers: { "www-authenticate": serving.challenge } });
  });
}

/** Decodes the body, calls the provider and writes its answer. */
function answerMerchant(
  merchant: string,
  { operation, answer }: Route,
  head: RequestHead,
  received: HandlerRequest["body"],
  serving: Serving,
): MaybePromise<HandlerResponse> {
  const body = readRequestBody(operation, received, serving.maxBodyBytes);
  if ("refusal" in body) return problemResponse(operation, body.refusal);
  const answered = callInTime("the provider", operation, head, serving, () => answer(body.value, { merchant }));
  return whenReady(answered, (value) =>
    isProblemError(value) ? problemResponse(operation, refusalOf(value)) : responseOf(operation, value),
  );
}

/** Throws a `TypeError` when the answer is off contract. */
function responseOf(operation: Operation, answer: unknown): HandlerResponse {
  const encoded = operation.response.codec.encode(answer);
  if (!encoded.ok) {
    const { issue } = encoded;
    throw ownError(
      new TypeError(`Cannot answer ${operation.id}: ${issue.pointer || "the answer"} ${describeIssue(issue)}`),
    );
  }
  const headers = { "cache-control": "no-store", "content-type": "application/json" };
  return { status: operation.response.httpStatus, headers, body: encoded.text };
}

function refusalOf({ httpStatus, detail, retryAfterSeconds }: ProblemError): Refusal {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { httpStatus, ...(detail !== undefined && { detail }), headers };
}
