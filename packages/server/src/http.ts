/** Serves one request. Never rejects; answers broken requests too, always completely. */
export interface Handler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /** The same, but without a promise when neither the provider nor `auth` returns one. */
  readonly atOnce: (request: HandlerRequest) => HandlerResponse | Promise<HandlerResponse>;
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
  /** See {@link Handler}. */
  readonly atOnce?: Handler["atOnce"];
}

/** A request, independent of the HTTP server. */
export interface HandlerRequest {
  /** The method in capitals, as on the wire. */
  readonly method: string;
  /** The path with the `basePath`, and the query. Only `hmac` looks at a query, if the signature covers it. */
  readonly path: string;
  /** The headers by lower-case name. A list counts as absent: no header that the handler reads may be repeated. */
  readonly headers: { readonly [lowerCaseName: string]: string | readonly string[] | undefined };
  /** The whole body; `"too-large"` when the adapter stopped reading it. */
  readonly body: Uint8Array | "too-large";
}

/** An answer, independent of the HTTP server. */
export interface HandlerResponse {
  readonly status: number;
  /** The headers by lower-case name. */
  readonly headers: { readonly [lowerCaseName: string]: string };
  readonly body: string | Uint8Array;
}

/** Returns a header that the request has exactly once. */
export function headerOf({ headers }: HandlerRequest, lowerCaseName: string): string | undefined {
  const value = headers[lowerCaseName];
  return typeof value === "string" ? value : undefined;
}
