import type { FetchInit } from "./fetch.ts";

/** The part of Deno that is used. */
interface DenoGlobals {
  Deno?: { createHttpClient?(options: { poolMaxIdlePerHost: number }): object };
}

/**
 * The platform's `fetch`, looked up at each call. Bun and Deno have a way of their own to give a request a connection
 * that carries nothing else; the `fetch` of other runtimes has none.
 */
export function platformFetch(url: string, init: FetchInit): Promise<Response> {
  return globalThis.fetch(url, init.needsOwnConnection ? { ...init, ...ownConnection() } : init);
}

function ownConnection(): object {
  // Bun then neither takes a kept connection nor keeps this one.
  if ("Bun" in globalThis) return { keepalive: false };
  const { Deno } = globalThis as DenoGlobals;
  if (!Deno?.createHttpClient) return {};
  return { client: (withoutPool ??= Deno.createHttpClient({ poolMaxIdlePerHost: 0 })) };
}

/** One for the whole program, as it keeps nothing. */
let withoutPool: object | undefined;
