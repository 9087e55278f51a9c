import type { Init } from "./prepared-request.ts";

const isNode = Boolean((globalThis as { process?: { versions?: { undici?: string } } }).process?.versions?.undici);

/**
 * Sets the body of a request, so that one pay is one request (interpretation C11).
 *
 * In Node it is a stream with its length, because a body that can be read twice is sent twice: `fetch` repeats a
 * request after 421 (Fetch Standard, HTTP-network-or-cache fetch), and undici repeats one that an HTTP/2 server
 * refuses. Other runtimes do not repeat it, or cannot send a stream over HTTP/1.1.
 */
export function setBody(init: Init, text: string): void {
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

const encoder = new TextEncoder();
