import type { IncomingMessage, ServerResponse } from "node:http";

/** What the contract sends: the media type, and the credentials of each of its security schemes. */
const requestHeaders = "authorization, content-type, x-api-key, signature, signature-input, content-digest";

/** The headers of the contract's answers that a page cannot read unless they are named. */
const responseHeaders = "allow, request-id, retry-after, www-authenticate";

/**
 * Lets pages of any origin call the hub (Fetch Standard, 3.3: the CORS protocol). Answers a preflight, and returns true
 * when it did: the request is then done. A browser sends no cookie to it, because the origin is `*`.
 */
export function answerCors(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader("access-control-allow-origin", "*");
  const { origin, "access-control-request-method": method } = request.headers;
  if (request.method !== "OPTIONS" || origin === undefined || method === undefined) {
    response.setHeader("access-control-expose-headers", responseHeaders);
    return false;
  }
  // `*` would not cover Authorization.
  response.setHeader("access-control-allow-headers", requestHeaders);
  response.setHeader("access-control-allow-methods", "POST");
  response.setHeader("cache-control", "no-store");
  response.writeHead(204).end();
  return true;
}
