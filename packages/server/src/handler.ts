import { describeIssue, type Operation } from "@codegames/codec";
import type { AuthRefusal } from "./auth-refusal.ts";
import { Drain } from "./drain.ts";
import { ownError } from "./error-to-tell.ts";
import {
  type CallContext,
  type HandlerOptions,
  type HookContext,
  readHandlerOptions,
  type Settings,
} from "./handler-options.ts";
import type { Handler, HandlerRequest, HandlerResponse } from "./http.ts";
import { isThenable, type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import { isProblemError, ProblemError, type ProblemStatus } from "./problem-error.ts";
import type { ProblemKind } from "./problem-kinds.ts";
import { newRequestId, problemResponse, type Refusal, type Refused } from "./problem-response.ts";
import { readRequestBody } from "./request-body.ts";

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

interface Serving extends Settings {
  readonly drain: Drain;
}

/** One request on its way through the handler. */
interface Call extends Refused, Route {
  readonly operation: Operation;
  readonly request: HandlerRequest;
  readonly settings: Serving;
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
  const settings = { ...readHandlerOptions(options), drain };
  const routesByPath = Map.groupBy(routes, ({ operation }) => settings.basePath + operation.path);
  const answer = (request: HandlerRequest): MaybePromise<HandlerResponse> => {
    const routesOnPath = routesByPath.get(withoutQuery(request.path));
    const refused = { operation: routesOnPath?.[0]?.operation, requestId: newRequestId(), problemTypes };
    if (drain.hasBegun) return shuttingDown(refused);
    if (!routesOnPath) return problemResponse({ kind: "not-found" }, refused);
    const route = routesOnPath.find(({ operation }) => operation.method === request.method);
    if (!route) return methodNotAllowed(routesOnPath, refused);
    const { operation, answer: method } = route;
    const call: Call = { operation, answer: method, request, settings, requestId: refused.requestId, problemTypes };
    return tryOr(
      () => serve(call),
      (error) => {
        void settings.onError(error, contextOf(call));
        return problemResponse({ kind: "internal-error" }, call);
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

const shuttingDown = (refused: Refused): HandlerResponse =>
  last(problemResponse({ kind: "shutting-down", headers: { "retry-after": "5" } }, refused));

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

function methodNotAllowed(routesOnPath: readonly Route[], refused: Refused): HandlerResponse {
  const allow = routesOnPath.map(({ operation }) => operation.method).join(", ");
  const detail = `This path takes ${allow} only.`;
  return problemResponse({ kind: "method-not-allowed", detail, headers: { allow } }, refused);
}

/** Finds the merchant, then answers it. Throws what `auth` or the provider throws. */
function serve(call: Call): MaybePromise<HandlerResponse> {
  const { request, settings } = call;
  let refusal: AuthRefusal = { reason: "no-merchant", detail: "auth found no merchant, and gave no reason" };
  const refuse = (told: AuthRefusal) => void (refusal = told);
  const authenticated = callInTime("auth", call, () => settings.authenticate(request, refuse));
  return whenReady(authenticated, (merchant) => {
    if (isProblemError(merchant)) return problemResponse(refusalOf(merchant), call);
    if (typeof merchant !== "string" || merchant === "") {
      void settings.onRefused(refusal, contextOf(call));
      const headers = { "www-authenticate": settings.challenge };
      return problemResponse({ kind: "unauthorized", headers }, call);
    }
    return answerMerchant(merchant, call);
  });
}

/** Reads the body, calls the provider and writes its answer. */
function answerMerchant(merchant: string, call: Call): MaybePromise<HandlerResponse> {
  const { operation, answer, request, requestId, settings } = call;
  const body = readRequestBody(operation, request, settings.maxBodyBytes);
  if ("refusal" in body) return problemResponse(body.refusal, call);
  const { value, inexact } = body;
  const answered = callInTime("the provider", call, () => answer(value, { merchant, requestId, inexact }));
  return whenReady(answered, (given) =>
    isProblemError(given) ? problemResponse(refusalOf(given), call) : responseOf(call, given),
  );
}

const contextOf = ({ operation, requestId }: Call): HookContext => ({ operationId: operation.id, requestId });

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

/** Calls a method of the user. Returns its result, or a `ProblemError`: what it threw, or 503 after `timeoutMs`. */
function callInTime(who: string, call: Call, method: () => unknown): MaybePromise<unknown> {
  return tryOr(
    () => {
      const result = method();
      return isThenable(result) ? raceTimeout(who, call, result) : result;
    },
    (error) => {
      if (isProblemError(error)) return error;
      throw error;
    },
  );
}

async function raceTimeout(who: string, call: Call, result: PromiseLike<unknown>): Promise<unknown> {
  const { timeoutMs, onError, drain } = call.settings;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ProblemError>((resolve) => {
    timer = setTimeout(() => {
      const reason = `${who} took longer than ${timeoutMs} ms`;
      void onError(ownError(new Error(`Cannot answer ${call.operation.id}: ${reason}`)), contextOf(call));
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
