import { describeIssue, type Operation } from "@codegames/codec";
import type { AuthRefusal } from "./auth-refusal.ts";
import { type Call, callInTime, contextOf, type Serving } from "./call-in-time.ts";
import { Drain, lastOnConnection } from "./drain.ts";
import { ownError } from "./error-to-tell.ts";
import { type CallContext, type HandlerOptions, readHandlerOptions } from "./handler-options.ts";
import type { AnswerWithBody, Handler, HandlerRequest, HandlerResponse, RequestHead } from "./http.ts";
import { type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import { isProblemError, type ProblemError, type ProblemStatus } from "./problem-error.ts";
import type { ProblemKind } from "./problem-kinds.ts";
import { newRequestId, problemResponse, type Refusal, type Refused, type RefusedCall } from "./problem-response.ts";
import { checkMediaType, readRequestBody } from "./request-body.ts";
import { describeNearMiss } from "./unknown-path.ts";

/** An operation and the provider's method that answers it. */
export interface Route {
  readonly operation: Operation;
  // oxlint-disable-next-line typescript/no-explicit-any -- the operation's codec checks the request and the answer
  readonly answer: (request: any, context: CallContext) => unknown;
}

/** What a contract says to its handler, beside its operations. */
export interface ContractSettings {
  /**
   * The page that explains the kinds of problem (`x-problem-types`): the `type` of problem details is its address with
   * `#` and the kind.
   *
   * @default about:blank is the type of every problem
   */
  readonly problemTypes?: string;
}

/**
 * Makes a handler of a provider's methods; every generated `createHandler` calls it.
 *
 * @throws A `TypeError` when a method is missing or an option is wrong; the message names it.
 */
export function createHandlerOf(
  provider: object,
  routes: readonly Route[],
  options: HandlerOptions,
  { problemTypes }: ContractSettings = {},
): Handler {
  checkMethods(provider, routes);
  const drain = new Drain();
  const serving: Serving = { ...readHandlerOptions(options), drain };
  const routesByPath = Map.groupBy(routes, ({ operation }) => serving.basePath + operation.path);
  const begin = (head: RequestHead): MaybePromise<HandlerResponse | AnswerWithBody> => {
    const path = withoutQuery(head.path);
    const routesOnPath = routesByPath.get(path);
    const refused = { operation: routesOnPath?.[0]?.operation, requestId: newRequestId(), problemTypes };
    if (drain.hasBegun) return shuttingDown(refused);
    if (!routesOnPath) return notFound(path, routes, serving, refused);
    const route = routesOnPath.find(({ operation }) => operation.method === head.method);
    if (!route) return methodNotAllowed(routesOnPath, refused);
    const { operation, answer } = route;
    return serve({ operation, answer, head, serving, requestId: refused.requestId, problemTypes });
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

function methodNotAllowed(routesOnPath: readonly Route[], refused: Refused): HandlerResponse {
  const allow = routesOnPath.map(({ operation }) => operation.method).join(", ");
  const detail = `This path takes ${allow} only.`;
  return problemResponse({ kind: "method-not-allowed", detail, headers: { allow } }, refused);
}

function notFound(
  path: string,
  routes: readonly Route[],
  { basePath, onRefused }: Serving,
  refused: Refused,
): HandlerResponse {
  const operations = routes.map(({ operation }) => operation);
  const missed = describeNearMiss(path, basePath, operations);
  if (missed) {
    const { operationId, detail } = missed;
    void onRefused({ reason: "unknown-path", detail }, { operationId, requestId: refused.requestId });
  }
  return problemResponse({ kind: "not-found" }, refused);
}

const shuttingDown = (refused: Refused): HandlerResponse =>
  lastOnConnection(problemResponse({ kind: "shutting-down", headers: { "retry-after": "5" } }, refused));

/** Answers a call, without its body where that is possible. Counts the call as under way meanwhile. */
function serve(call: Call & Route): MaybePromise<HandlerResponse | AnswerWithBody> {
  const { drain, onError } = call.serving;
  const fail = (error: unknown): HandlerResponse => {
    void onError(error, contextOf(call));
    return problemResponse({ kind: "internal-error" }, call);
  };
  const leave = (answer: HandlerResponse): HandlerResponse => {
    drain.leave();
    return drain.hasBegun ? lastOnConnection(answer) : answer;
  };
  drain.enter();
  const begun = tryOr(() => serveHead(call), fail);
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
function serveHead(call: Call & Route): MaybePromise<HandlerResponse | AnswerWithBody> {
  const admit = (body: HandlerRequest["body"]) =>
    whenReady(authenticate(call, { ...call.head, body }), (found): HandlerResponse | AnswerWithBody => {
      if (typeof found !== "string") return found;
      return unfitOf(call) ?? withBody(call, (received) => answerMerchant(found, call, received));
    });
  if (!call.serving.readsBody) return admit(unread);
  return withBody(call, (body) => whenReady(admit(body), (next) => (typeof next === "function" ? next(body) : next)));
}

const unread = new Uint8Array();

/** Answers a body that is not there. */
const withBody =
  (call: RefusedCall, answer: (body: HandlerRequest["body"]) => MaybePromise<HandlerResponse>): AnswerWithBody =>
  (body) => {
    if (body === "too-slow") return problemResponse({ kind: "request-timeout" }, call);
    if (body === "aborted") return problemResponse({ kind: "bad-request" }, call);
    if (body !== "read-before") return answer(body);
    const reason = "its body was read before, and request.rawBody has no bytes";
    throw ownError(new TypeError(`Cannot answer ${call.operation.id}: ${reason}`));
  };

function unfitOf(call: Call): HandlerResponse | undefined {
  const unfit = checkMediaType(call.operation, call.head);
  return unfit && problemResponse(unfit, call);
}

/** Returns the merchant, or the answer that refuses the call. */
function authenticate(call: Call, request: HandlerRequest): MaybePromise<string | HandlerResponse> {
  const { serving } = call;
  let refusal: AuthRefusal = { reason: "no-merchant", detail: "auth found no merchant, and gave no reason" };
  const refuse = (told: AuthRefusal) => void (refusal = told);
  const authenticated = callInTime("auth", call, () => serving.authenticate(request, refuse));
  return whenReady(authenticated, (merchant) => {
    if (isProblemError(merchant)) return problemResponse(refusalOf(merchant), call);
    if (typeof merchant === "string" && merchant !== "") return merchant;
    void serving.onRefused(refusal, contextOf(call));
    return problemResponse({ kind: "unauthorized", headers: { "www-authenticate": serving.challenge } }, call);
  });
}

/** Decodes the body, calls the provider and writes its answer. */
function answerMerchant(
  merchant: string,
  call: Call & Route,
  received: HandlerRequest["body"],
): MaybePromise<HandlerResponse> {
  const { operation, answer, requestId, serving } = call;
  const body = readRequestBody(operation, received, serving.maxBodyBytes);
  if ("refusal" in body) return problemResponse(body.refusal, call);
  const { value, inexact } = body;
  const answered = callInTime("the provider", call, () => answer(value, { merchant, requestId, inexact }));
  return whenReady(answered, (given) =>
    isProblemError(given) ? problemResponse(refusalOf(given), call) : responseOf(call, given),
  );
}

/** Throws a `TypeError` when the answer is off contract. */
function responseOf({ operation, requestId }: Call, answer: unknown): HandlerResponse {
  const encoded = operation.response.codec.encode(answer);
  if (!encoded.ok) {
    const { issue } = encoded;
    throw ownError(
      new TypeError(`Cannot answer ${operation.id}: ${issue.pointer || "the answer"} ${describeIssue(issue)}`),
    );
  }
  const headers = { "cache-control": "no-store", "content-type": "application/json", "request-id": requestId };
  return { status: operation.response.httpStatus, headers, body: encoded.text };
}

function refusalOf({ httpStatus, detail, retryAfterSeconds }: ProblemError): Refusal {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { kind: kindOf[httpStatus], ...(detail !== undefined && { detail }), headers };
}

const kindOf = {
  400: "bad-request",
  403: "forbidden",
  429: "too-many-requests",
  503: "undecided",
} as const satisfies Record<ProblemStatus, ProblemKind>;
