import { callHandler } from "./call-handler.ts";
import type { Handler } from "./http.ts";
import { readMaxBodyBytes } from "./options.ts";

/** Serves a `Request` of the Fetch Standard. It never rejects. */
export type FetchHandler = (request: Request) => Promise<Response>;

/**
 * Serves a handler where the Fetch Standard is spoken: Hono, Bun, Deno, workers.
 *
 * It reads at most `maxBodyBytes`, 65536 by default. The handler has its own limit; the smaller one counts.
 *
 * @throws A `TypeError` when `maxBodyBytes` is out of range.
 */
export function toFetchHandler(handler: Handler, options: { maxBodyBytes?: number } = {}): FetchHandler {
  const maxBodyBytes = readMaxBodyBytes(options.maxBodyBytes);
  return async (request) => {
    const body = await readBody(request, maxBodyBytes).catch(() => undefined);
    // The caller disconnected before its request was complete: nobody reads this.
    if (body === undefined) return new Response(null, { status: 400 });
    const { method, url, headers } = request;
    const path = new URL(url).pathname;
    const answer = await callHandler(handler, { method, path, headers: Object.fromEntries(headers), body });
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
