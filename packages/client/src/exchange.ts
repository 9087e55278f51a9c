import type { Operation } from "@codegames/codec";
import type { Settings } from "./options.ts";
import { createPreparation, type Init } from "./prepared-request.ts";
import { setBody } from "./request-body.ts";
import { type BodyFault, discard, readBody, ReceivedBody } from "./response-body.ts";
import { readRetryAfter } from "./retry-after.ts";
import { withWebBody } from "./web-body.ts";

/** An HTTP answer, as far as the client reads it. */
export interface HttpAnswer {
  readonly httpStatus: number;
  readonly isRedirect: boolean;
  readonly retryAfterMs: number | undefined;
  readonly body: string | BodyFault;
}

/** One call on its way. */
export interface Sending {
  readonly operation: Operation;
  readonly attemptId: string;
  /** The JSON text of the request. */
  readonly text: string | undefined;
  readonly signal: AbortSignal;
  /** Once set, the request may have left. */
  isHandedOver: boolean;
  /** The HTTP code, once it is known: all that remains when the exchange throws later. */
  httpStatus: number | undefined;
  /** The headers that authenticate the request. */
  credentials: readonly string[];
  /** What has come of the body. */
  received: ReceivedBody | undefined;
}

/** Makes a function that passes one request to `fetch`, exactly once, and reads the answer. It may reject. */
export function createExchange({ baseUrl, authenticate, fetch, hooks, maxBodyBytes }: Settings) {
  const prepare = createPreparation(baseUrl);
  return async (sending: Sending): Promise<HttpAnswer> => {
    const { operation, attemptId, text, signal } = sending;
    const { url, init: same } = await prepare(operation);
    const { method } = same;
    const headers = new Headers(same.headers);
    const init: Init = { ...same, headers, signal };
    const event = { operation: operation.id, attemptId };
    if (hooks) {
      // A copy of the headers: credentials must not turn up in it later.
      const shown = new Headers(headers);
      const request = readBack(operation, text);
      hooks.onRequest({ ...event, method, url, path: operation.path, request, headers: shown });
      shown.forEach((value, name) => headers.set(name, value));
    }
    if (authenticate)
      sending.credentials = addCredentials(headers, await authenticate({ method, url, body: text, signal }));
    signal.throwIfAborted();
    sending.isHandedOver = true;
    if (text !== undefined) setBody(init, text);
    if (operation.inquiry) init.needsOwnConnection = true;
    const response = withWebBody(await fetch(url, init));
    if (signal.aborted) discard(response.body);
    sending.httpStatus = response.status || undefined;
    hooks?.onResponse({ ...event, httpStatus: response.status });
    const isRedirect = isRedirected(response);
    if (isRedirect) discard(response.body);
    const received = (sending.received = new ReceivedBody(response.headers.get("content-type")));
    const body = isRedirect ? "" : await readBody(response, maxBodyBytes, received);
    return { httpStatus: response.status, isRedirect, retryAfterMs: readRetryAfter(response.headers), body };
  };
}

/** Accepts only an object of texts: a `Map`, a text or `undefined` would leave the request without credentials. */
function addCredentials(headers: Headers, credentials: Readonly<Record<string, string>>): string[] {
  if (typeof credentials !== "object" || credentials === null || Symbol.iterator in credentials) {
    throw new TypeError("No headers");
  }
  for (const [name, value] of Object.entries(credentials)) {
    if (typeof value !== "string") throw new TypeError("No text");
    headers.set(name, value);
  }
  return Object.values(credentials);
}

/** Reads the request back by its schema, so that its secrets are concealed. */
function readBack({ request }: Operation, text: string | undefined): unknown {
  const decoded = text === undefined ? undefined : request?.decode(text);
  return decoded?.ok ? decoded.value : undefined;
}

/** Browsers hide a redirect as `opaqueredirect`; the caller's own `fetch` may have followed one despite `manual`. */
const isRedirected = ({ type, status, redirected }: Response) =>
  type === "opaqueredirect" || redirected || (status >= 300 && status < 400);
