import { type AdapterLimits, type AdapterOptions, readAdapterOptions } from "./adapter-options.ts";
import { beginCall } from "./call-handler.ts";
import { lastOnConnection } from "./drain.ts";
import { GrowingBuffer } from "./growing-buffer.ts";
import type { HandlerResponse, RequestBody, RequestHead, WrappedHandler } from "./http.ts";

/**
 * Serves a `Request` of the Fetch Standard. Never rejects.
 *
 * A further argument can be the context of a worker, in any place: a method that takes longer than `timeoutMs` is
 * handed to its `waitUntil`, since a worker may be stopped once it has answered. Whatever else a server passes is
 * ignored.
 */
export type FetchHandler = (request: Request, ...contexts: readonly unknown[]) => Promise<Response>;

/**
 * Serves a handler on the Fetch Standard: Hono, Bun, Deno, workers.
 *
 * @throws A `TypeError` when an option is wrong; the message names it.
 */
export function toFetchHandler(handler: WrappedHandler, options: AdapterOptions = {}): FetchHandler {
  const limits = readAdapterOptions(options);
  return async (request, ...contexts) => {
    const next = await beginCall(handler, headOf(request, contexts));
    if (typeof next !== "function") return responseOf(next);
    const body = await readBody(request, limits);
    const answer = await next(body);
    return responseOf(typeof body === "string" ? lastOnConnection(answer) : answer);
  };
}

const responseOf = ({ status, headers, body }: HandlerResponse): Response =>
  new Response(body as BodyInit, { status, headers });

function headOf({ method, url, headers }: Request, contexts: readonly unknown[]): RequestHead {
  const { pathname, search } = new URL(url);
  const context = contexts.find((each) => typeof Object(each).waitUntil === "function") as
    | { waitUntil(work: Promise<unknown>): void }
    | undefined;
  return {
    method,
    path: pathname + search,
    headers: Object.fromEntries(headers),
    ...(context && { waitUntil: (work: Promise<unknown>) => context.waitUntil(work) }),
  };
}

async function readBody({ body, bodyUsed, headers }: Request, limits: AdapterLimits): Promise<RequestBody> {
  if (bodyUsed) return "read-before";
  if (!body) return new Uint8Array();
  if (Number(headers.get("content-length") ?? 0) > limits.maxBodyBytes) return "too-large";
  const reader = body.getReader();
  const { promise: late, resolve } = Promise.withResolvers<"too-slow">();
  const timer = setTimeout(resolve, limits.bodyTimeoutMs, "too-slow");
  // The caller went away before its request was complete.
  const read = await Promise.race([readToEnd(reader, limits), late]).catch(() => "aborted" as const);
  clearTimeout(timer);
  if (typeof read === "string") reader.cancel().catch(() => {});
  return read;
}

async function readToEnd(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBodyBytes }: AdapterLimits,
): Promise<RequestBody> {
  const buffer = new GrowingBuffer(maxBodyBytes);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return buffer.bytes();
    if (!buffer.add(value)) return "too-large";
  }
}
