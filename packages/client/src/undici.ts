/**
 * A faster and safer way to the wire on Node, `createClient({ fetch: undiciFetch(() => new Agent()), … })`. It needs
 * the package `undici`.
 */
import type { Fetch, FetchInit } from "./fetch.ts";
import { unpack } from "./unpack.ts";
import { toWebBody } from "./web-body.ts";

/** The part of a dispatcher of `undici` that is used: of an `Agent`, `Pool`, `Client` or `ProxyAgent`. */
export interface Dispatcher {
  request(options: {
    origin: string;
    path: string;
    method: string;
    headers: Record<string, string>;
    /** An async iterable of bytes: undici accepts one, but its types do not say so. */
    // oxlint-disable-next-line typescript/no-explicit-any
    body: any;
    signal: AbortSignal | null;
    reset: boolean;
    headersTimeout: number;
    bodyTimeout: number;
  }): Promise<{
    statusCode: number;
    headers: Record<string, string | string[] | undefined>;
    body: AsyncIterable<Uint8Array> & { on(event: "error", listener: () => void): { destroy(): unknown } };
  }>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** A {@link Fetch} with connections that it keeps. */
export interface UndiciFetch extends Fetch {
  /** Waits for the requests under way, then closes the connections. */
  close(): Promise<void>;
}

/**
 * Sends requests through undici 7 or later, without the layer of the Fetch Standard, which takes most of the time of a
 * call on loopback. Mutual TLS, proxies and pools are options of the dispatcher.
 *
 * Each `pay`, and every other operation with `x-inquiry`, gets a dispatcher and so a connection of its own, which is
 * closed after the answer (interpretation A10): no answer that a provider or a proxy sends twice is taken for the
 * answer to the next pay. All other calls share one dispatcher. So `createDispatcher` must make a new one each time.
 * TLS handshakes are cheaper when all of them share one connector, which remembers sessions:
 * `const connect = buildConnector({ … }); undiciFetch(() => new Agent({ connect }))`.
 *
 * Hazard: the dispatcher must neither follow redirects nor retry, so give it no interceptor for either. Answers are not
 * requested compressed, but unpacked when they are. Times are those of the client alone: `headersTimeout` and
 * `bodyTimeout` of the dispatcher do not count.
 *
 * @example
 *   ```ts
 *   import { bearer, createClient } from "@codegames/client";
 *   import { undiciFetch } from "@codegames/client/undici";
 *   import { Agent } from "undici";
 *
 *   const fetch = undiciFetch(() => new Agent());
 *   const auth = bearer(process.env.PARTNER_TOKEN!);
 *   const hub = createClient({ baseUrl: process.env.PARTNER_URL!, auth, fetch });
 *   console.log((await hub.check({ product_id: 1n })).outcome);
 *   await fetch.close();
 *   ```
 *
 * @throws A `TypeError` without a function, or when it makes no dispatcher or the same one twice.
 */
export function undiciFetch(createDispatcher: () => Dispatcher): UndiciFetch {
  if (typeof createDispatcher !== "function") throw refused("must get a function, such as () => new Agent()");
  const shared = createDispatcher();
  if (typeof shared?.request !== "function") throw refused("the function must make an Agent, Pool or Client of undici");
  const other = createDispatcher();
  if (other === shared)
    throw refused("the function must make a new dispatcher at each call, as each pay closes its own");
  void other.close();

  const fetch = async (url: string, init: FetchInit): Promise<Response> => {
    if (!init.needsOwnConnection) return send(shared, url, init);
    const own = createDispatcher();
    const release = () => void own.destroy().catch(() => {});
    return send(own, url, init, release).catch((error: unknown) => {
      release();
      throw error;
    });
  };
  return Object.assign(fetch, { close: () => shared.close() });
}

async function send(dispatcher: Dispatcher, url: string, init: FetchInit, release?: () => void): Promise<Response> {
  const { method = "GET", headers: sent, body, signal } = init;
  const { origin, pathname, search } = new URL(url);
  const answer = await dispatcher.request({
    origin,
    path: pathname + search,
    method,
    headers: Object.fromEntries((sent as Headers).entries()),
    // A stream, which undici cannot send twice: it sends a text again that an HTTP/2 server refused.
    body: body ?? null,
    signal: signal ?? null,
    // `Connection: close` tells the server that no request follows.
    reset: release !== undefined,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Several headers of one name are joined, as those of `fetch` are.
  const header = (name: string) => [answer.headers[name.toLowerCase()] ?? []].flat().join(", ") || undefined;
  return {
    status: answer.statusCode,
    type: "default",
    redirected: false,
    headers: { get: (name: string) => header(name) ?? null },
    body: unpack(toWebBody(answer.body, release), header("content-encoding")),
  } as unknown as Response;
}

const refused = (reason: string) => new TypeError(`Cannot use undiciFetch: ${reason}`);
