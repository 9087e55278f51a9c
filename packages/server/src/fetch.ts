import { type AdapterOptions, readMaxBodyBytes } from "./adapter-options.ts";
import { callHandler } from "./call-handler.ts";
import type { WrappedHandler } from "./http.ts";

/** Serves a `Request` of the Fetch Standard. Never rejects. */
export type FetchHandler = (request: Request) => Promise<Response>;

/**
 * Serves a handler on the Fetch Standard: Hono, Bun, Deno, workers.
 *
 * @throws A `TypeError` when `maxBodyBytes` is no positive integer.
 */
export function toFetchHandler(handler: WrappedHandler, options: AdapterOptions = {}): FetchHandler {
  const maxBodyBytes = readMaxBodyBytes(options.maxBodyBytes);
  return async (request) => {
    const body = await readBody(request, maxBodyBytes).catch(() => undefined);
    // The caller went away before its request was complete: nobody reads this answer.
    if (body === undefined) return new Response(null, { status: 400 });
    const { method, url } = request;
    const headers = Object.fromEntries(request.headers);
    const { pathname, search } = new URL(url);
    const answer = await callHandler(handler, { method, path: pathname + search, headers, body });
    return new Response(answer.body as BodyInit, { status: answer.status, headers: answer.headers });
  };
}

async function readBody({ body, headers }: Request, maxBodyBytes: number): Promise<Uint8Array | "too-large"> {
  if (!body) return new Uint8Array();
  if (Number(headers.get("content-length") ?? 0) > maxBodyBytes) return "too-large";
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    if (size > maxBodyBytes) {
      reader.cancel().catch(() => {});
      return "too-large";
    }
    chunks.push(value);
  }
}
