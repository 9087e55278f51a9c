/** Serves one request. It never rejects. Every answer is complete, also the one to a broken request. */
export interface Handler {
  (request: HandlerRequest): Promise<HandlerResponse>;
  /**
   * Serves in the same way, but returns no promise when neither the provider nor `auth` returns one. Adapters use it to
   * save CPU; your own wrapper of a handler may leave it out.
   */
  readonly atOnce?: (request: HandlerRequest) => HandlerResponse | Promise<HandlerResponse>;
}

/** A request as any HTTP server can pass it on. */
export interface HandlerRequest {
  /** In capitals, as on the wire. */
  readonly method: string;
  /** Path below the base URL. A query is ignored. */
  readonly path: string;
  /** By lower-case name. A list counts as absent: the handler reads no header that may be one. */
  readonly headers: { readonly [lowerCaseName: string]: string | readonly string[] | undefined };
  /** The whole body; `"too-large"` when the adapter stopped reading. */
  readonly body: Uint8Array | "too-large";
}

/** An answer as any HTTP server can send it. */
export interface HandlerResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: { readonly [lowerCaseName: string]: string };
  readonly body: string | Uint8Array;
}

/** Reads a header that the request has once. */
export function headerOf({ headers }: HandlerRequest, lowerCaseName: string): string | undefined {
  const value = headers[lowerCaseName];
  return typeof value === "string" ? value : undefined;
}
