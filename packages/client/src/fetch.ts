/** What a `fetch` gets. */
export interface FetchInit extends RequestInit {
  /**
   * Set for an operation whose unknown outcome must be settled (`x-inquiry`), such as `pay`. A `fetch` that can gives
   * this request a connection that carries nothing else: on a used one, a second copy of an earlier answer would be
   * taken for the answer to this request (interpretation A10). `undiciFetch` does, and so does the default on Bun and
   * Deno; the `fetch` of Node, workerd and browsers cannot.
   */
  needsOwnConnection?: boolean;
}

/**
 * Sends one request and returns its response, as `globalThis.fetch` does. It must neither follow redirects nor retry,
 * and it must pass `init` on. The body is a stream on Node and Deno, which also reads as the text when it is turned
 * into a string; the body of the response may be a stream of the web or of Node.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;
