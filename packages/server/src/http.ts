/** Serves one request. Never rejects; answers broken requests too, always completely. */
export interface Handler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /**
   * The same, but without a promise when neither the provider nor `auth` returns one. A wrapper of a handler may leave
   * it out.
   */
  readonly atOnce?: (request: HandlerRequest) => HandlerResponse | Promise<HandlerResponse>;
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
