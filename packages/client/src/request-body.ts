import type { Init } from "./prepared-request.ts";
import { needsStreams } from "./runtime.ts";

const isStream = needsStreams();

/**
 * Sets the body of a request, so that one pay is one request (interpretation C11).
 *
 * Where the runtime would send a text again, it is a stream with its length: a stream can be read once only. `fetch`
 * repeats a request after 421 (Fetch Standard, HTTP-network-or-cache fetch), undici one that an HTTP/2 server refuses,
 * Deno one whose reused connection closes. A `fetch` that knows no web streams, such as node-fetch, sends
 * `String(body)`, so that is the text.
 */
export function setBody(init: Init, text: string): void {
  init.body = text;
  if (!isStream) return;
  const bytes = encoder.encode(text);
  init.headers.set("Content-Length", String(bytes.byteLength));
  init.duplex = "half";
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  init.body = Object.defineProperty(stream, "toString", { value: () => text });
}

const encoder = new TextEncoder();
