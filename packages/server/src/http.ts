import type { MaybePromise } from "./maybe-promise.ts";

/** Serves one request. Never rejects; answers broken requests too, always completely. */
export interface Handler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /** The same, but without a promise when neither the provider nor `auth` returns one. */
  readonly atOnce: (request: HandlerRequest) => HandlerResponse | Promise<HandlerResponse>;
  /**
   * The same in two steps, for adapters: returns the answer if it does not depend on the body, and otherwise a function
   * that takes the body and returns the answer. The adapter must call that function once.
   */
  readonly begin: (head: RequestHead) => MaybePromise<HandlerResponse | AnswerWithBody>;
  /**
   * Serves no new call: from now on each is answered with 503, `Retry-After` and `Connection: close`, before `auth` and
   * before its body is read. Resolves once every call under way is answered, and every method that took longer than
   * `timeoutMs` has ended; never if one of them does not end. `closeGently` calls it for a server of `node:http`.
   */
  readonly drain: () => Promise<void>;
  /** Returns how many calls are under way, with the methods that took longer than `timeoutMs`. */
  readonly underWay: () => number;
}

/** What an adapter serves: a handler, or a function of yours around one. */
export interface WrappedHandler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /** See {@link Handler}. Without `begin`, an adapter reads the whole body before the function is called. */
  readonly atOnce?: Handler["atOnce"];
  /** See {@link Handler}. */
  readonly begin?: Handler["begin"];
}

/** A request whose body is not read yet. */
export type RequestHead = Omit<HandlerRequest, "body">;

/**
 * A body, or why there is none:
 *
 * - `too-large`: the adapter stopped reading it.
 * - `too-slow`: it did not arrive in time.
 * - `read-before`: something else has read it, and kept no bytes.
 * - `aborted`: the caller went away. Nobody gets the answer.
 */
export type RequestBody = Uint8Array | "too-large" | "too-slow" | "read-before" | "aborted";

/** The second step of {@link Handler}'s `begin`. */
export type AnswerWithBody = (body: RequestBody) => MaybePromise<HandlerResponse>;

/** A request, independent of the HTTP server. */
export interface HandlerRequest {
  /** The method in capitals, as on the wire. */
  readonly method: string;
  /** The path with the `basePath`, and the query. Only `hmac` looks at a query, if the signature covers it. */
  readonly path: string;
  /** The request target as it was sent (RFC 9112, 3.2), where it is not `path`. Only `hmac` looks at it. */
  readonly target?: string;
  /** The headers by lower-case name. A list counts as absent: no header that the handler reads may be repeated. */
  readonly headers: { readonly [lowerCaseName: string]: string | readonly string[] | undefined };
  /** The whole body; `"too-large"` when the adapter stopped reading it. */
  readonly body: Uint8Array | "too-large";
  /** Keeps a worker running until a method that took longer than `timeoutMs` has ended. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

/** An answer, independent of the HTTP server. */
export interface HandlerResponse {
  readonly status: number;
  /** The headers by lower-case name. */
  readonly headers: { readonly [lowerCaseName: string]: string };
  readonly body: string | Uint8Array;
}

/** Returns a header that the request has exactly once. */
export function headerOf({ headers }: RequestHead, lowerCaseName: string): string | undefined {
  const value = headers[lowerCaseName];
  return typeof value === "string" ? value : undefined;
}

/** Cuts scheme and host off a request target in absolute form (RFC 9112, 3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = /^https?:\/\/[^/?#]*([^#]*)/i.exec(target)?.[1];
  return rest === undefined || rest.startsWith("/") ? (rest ?? target) : `/${rest}`;
}
