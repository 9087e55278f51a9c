/** Serves one request. It never rejects; every answer is complete, those to broken requests too. */
export interface Handler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /** The same, without a promise where neither the provider nor `auth` makes it wait. What wraps a handler needs none. */
  readonly atOnce?: (request: HandlerRequest) => HandlerResponse | Promise<HandlerResponse>;
}

/** A request as any HTTP server can give it. */
export interface HandlerRequest {
  /** In capitals, as on the wire. */
  readonly method: string;
  /** Path below the base URL, with or without a query, which is ignored. */
  readonly path: string;
  /** By lower-case name. A list is not a value of any header that is read here, and counts as absent. */
  readonly headers: { readonly [lowerCaseName: string]: string | readonly string[] | undefined };
  /** The whole body; `"too-large"` when the adapter stopped reading it. */
  readonly body: Uint8Array | "too-large";
}

/** An answer as any HTTP server can send it. */
export interface HandlerResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: { readonly [lowerCaseName: string]: string };
  readonly body: string | Uint8Array;
}

/** One header of a request, if it is there once. */
export function headerOf({ headers }: HandlerRequest, lowerCaseName: string): string | undefined {
  const value = headers[lowerCaseName];
  return typeof value === "string" ? value : undefined;
}
