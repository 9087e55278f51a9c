import type { Operation } from "@codegames/codec";
import createOpenapiFetch from "openapi-fetch";
import type { Settings } from "./options.ts";
import { readRetryAfter } from "./retry-after.ts";

/** An HTTP answer, as far as it is read. */
export interface HttpAnswer {
  readonly httpStatus: number;
  readonly isRedirect: boolean;
  readonly retryAfterMs: number | undefined;
  readonly body: string | BodyFault;
}

/** Why there is no text: more bytes than allowed, or bytes that are not UTF-8. */
export type BodyFault = { readonly fault: "too-large" | "not-utf-8" };

/** One call on its way. */
export interface Sending {
  readonly operation: Operation;
  readonly attemptId: string;
  /** The JSON text of the request. */
  readonly text: string | undefined;
  readonly signal: AbortSignal;
  /** From here on the request may have left. */
  isHandedOver: boolean;
  /** The HTTP code, once it is known: the last word when the exchange throws. */
  httpStatus: number | undefined;
}

/** Makes a function that sends one request, exactly once, and reads the answer; it may reject. */
export function createExchange({ baseUrl, authenticate, fetch, hooks, maxBodyBytes }: Settings) {
  // openapi-fetch makes the URL and the headers. They are the same for every call of an operation, and made once: each time, that
  // would be a twentieth of a call. It would read an error body without a limit and parse it without int64: it is shown an empty
  // answer, and the real one is read here.
  const http = createOpenapiFetch<Record<string, any>>({ baseUrl, Request: Prepared as never });
  const prepared = new Map<Operation, Promise<Prepared>>();

  function prepare({ method, path, request }: Operation): Promise<Prepared> {
    return new Promise((resolve, reject) => {
      const keep = async (made: unknown) => {
        resolve(made as Prepared);
        return new Response(null, { status: 204 });
      };
      const headers = request ? { ...accept, "Content-Type": "application/json" } : accept;
      http.request(method.toLowerCase() as "post", path, { headers, redirect: "manual", fetch: keep }).catch(reject);
    });
  }

  return async (sending: Sending): Promise<HttpAnswer> => {
    const { operation, attemptId, text, signal } = sending;
    if (!prepared.has(operation)) prepared.set(operation, prepare(operation));
    const { url, init: same } = await prepared.get(operation)!;
    const { method } = same;
    const headers = new Headers(same.headers);
    const init: Init = { ...same, headers, signal };
    const event = { operation: operation.id, attemptId };
    if (hooks) {
      // Headers of their own, on which no credentials turn up later.
      const shown = new Headers(headers);
      hooks.onRequest({ ...event, method, url, path: operation.path, request: readBack(operation, text), headers: shown });
      shown.forEach((value, name) => headers.set(name, value));
    }
    if (authenticate) addCredentials(headers, await authenticate({ method, url, body: text, signal }));
    signal.throwIfAborted();
    sending.isHandedOver = true;
    if (text !== undefined) setBody(init, text);
    const response = await fetch(url, init);
    if (signal.aborted) discard(response.body);
    sending.httpStatus = response.status || undefined;
    hooks?.onResponse({ ...event, httpStatus: response.status });
    const isRedirect = isRedirected(response);
    if (isRedirect) discard(response.body);
    const body = isRedirect ? "" : await readBody(response, maxBodyBytes);
    return { httpStatus: response.status, isRedirect, retryAfterMs: readRetryAfter(response.headers), body };
  };
}

/** Takes nothing but an object of texts: a `Map`, a text or `undefined` would leave the request without credentials. */
function addCredentials(headers: Headers, credentials: Readonly<Record<string, string>>): void {
  if (typeof credentials !== "object" || credentials === null || Symbol.iterator in credentials) throw new TypeError("No headers");
  for (const [name, value] of Object.entries(credentials)) {
    if (typeof value !== "string") throw new TypeError("No text");
    headers.set(name, value);
  }
}

type Init = RequestInit & { method: string; headers: Headers; duplex?: "half" };

/** Stands in for `Request`, which `fetch` would only take apart again: that costs a fifth of the whole call. */
class Prepared {
  readonly url: string;
  readonly init: Init;

  constructor(url: string, init: Init) {
    this.url = url;
    this.init = init;
  }
}

const isNode = Boolean((globalThis as { process?: { versions?: { undici?: string } } }).process?.versions?.undici);

/**
 * In Node a stream with its length, because a body that can be read twice is sent twice: `fetch` repeats a request that
 * is answered with 421 (Fetch Standard, HTTP-network-or-cache fetch), undici one that an HTTP/2 server refuses, and one
 * pay is one request (interpretation C11). Other runtimes do not repeat it, or cannot send a stream over HTTP/1.1.
 */
function setBody(init: Init, text: string): void {
  init.body = text;
  if (!isNode) return;
  const bytes = encoder.encode(text);
  init.headers.set("Content-Length", String(bytes.byteLength));
  init.duplex = "half";
  init.body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** The request as its schema reads it, with its secrets concealed. */
function readBack({ request }: Operation, text: string | undefined): unknown {
  const decoded = text === undefined ? undefined : request?.decode(text);
  return decoded?.ok ? decoded.value : undefined;
}

/** Browsers hide a redirect behind `opaqueredirect`; a `fetch` of the caller's may have followed one all the same. */
const isRedirected = ({ type, status, redirected }: Response) =>
  type === "opaqueredirect" || redirected || (status >= 300 && status < 400);

async function readBody({ body }: Response, maxBodyBytes: number): Promise<string | BodyFault> {
  if (!body) return "";
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > maxBodyBytes) {
      discard(reader);
      return { fault: "too-large" };
    }
  }
  try {
    return decoder.decode(chunks.length === 1 ? chunks[0] : concatenate(chunks, size));
  } catch {
    return { fault: "not-utf-8" };
  }
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function discard(stream: { cancel(): Promise<void> } | null): void {
  stream?.cancel().catch(() => {});
}

const accept = { Accept: "application/json, application/problem+json" };
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
