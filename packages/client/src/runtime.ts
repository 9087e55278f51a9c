/** What is known of the runtime that this code runs on. `test/runtimes` proves it for each one that is named. */
interface Runtime {
  process?: { versions?: { node?: string; undici?: string }; type?: string };
  navigator?: { userAgent?: string };
  Deno?: unknown;
  Bun?: unknown;
}

const runtime = globalThis as Runtime;

/**
 * Whether the body of a request must be a stream, so that the runtime cannot send it twice. Node does with a text after
 * HTTP 421 and when an HTTP/2 server refuses a stream, Deno when a reused connection closes unanswered. Bun and workerd
 * do not; browsers do, but cannot send a stream over HTTP/1.1.
 */
export const needsStreams = (): boolean => Boolean(runtime.process?.versions?.undici) || "Deno" in runtime;

/**
 * Whether this runtime can send a request again by itself, whatever the client does. Only runtimes that were tried
 * count as ones that cannot; Electron's pages have Node's globals and Chromium's `fetch`.
 */
export function canRepeat(): boolean {
  const { process, navigator } = runtime;
  if (process?.type === "renderer") return true;
  return !(needsStreams() || "Bun" in runtime || navigator?.userAgent === "Cloudflare-Workers");
}
