import type { Server as HttpServer } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Handler } from "./http.ts";

/** Options of {@link closeGently}. */
export interface CloseGentlyOptions {
  /**
   * Time in milliseconds, from 0 to 2147483647, for what is under way; then every connection is cut. Keep it below the
   * time after which your supervisor kills the process, which is 30 s under Kubernetes and 10 s under Docker.
   *
   * @default 30000
   */
  withinMs?: number;
  /**
   * Time in milliseconds, from 0 to 2147483647, for which kept-alive connections without a request stay open. A caller
   * that is just sending a request on one of them gets 503 and knows where it is; on a connection that closes at that
   * moment it would get no answer at all.
   *
   * @default 1000
   */
  idleMs?: number;
}

/** The part of a server of `node:http` or `node:https` that is used here. */
type Closing = Pick<HttpServer, "close" | "closeAllConnections" | "closeIdleConnections" | "on" | "off">;

const closings = new WeakMap<Closing, Promise<{ cut: number }>>();

/**
 * Ends a server of `node:http` or `node:https`, also one of Express or Fastify, without losing a call (reading B14). It
 * accepts no new connection. On kept-alive ones the handler answers new requests with 503, `Retry-After` and
 * `Connection: close`. Calls under way are finished and answered; what is left after `withinMs` is cut. Close the store
 * after it, and then the database.
 *
 * `cut` is how many calls of the handler were still under way at the end: their callers got no answer, unless the
 * method took longer than `timeoutMs`. Their methods are not interrupted. A second call returns the promise of the
 * first.
 *
 * @example
 *   ```ts
 *   import { createServer } from "node:http";
 *   import { bearer, closeGently, createHandler, toNodeListener } from "@codegames/server";
 *
 *   const handler = createHandler(
 *     {
 *       check: () => ({ status: "PRODUCT_NOT_FOUND" }),
 *       pay: () => ({ status: "PRODUCT_NOT_FOUND" }),
 *       status: () => ({ status: "TXN_NOT_FOUND" }),
 *     },
 *     { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) },
 *   );
 *   const server = createServer(toNodeListener(handler)).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 *
 *   process.once("SIGTERM", async () => {
 *     const { cut } = await closeGently(server, handler, { withinMs: 20_000 });
 *     process.exit(cut === 0 ? 0 : 1); // close your store and database before this line
 *   });
 *   ```
 *
 * @throws A `TypeError` when the server, the handler or an option is wrong; the message names it.
 */
export function closeGently(
  server: Closing,
  handler: Pick<Handler, "drain" | "underWay">,
  options: CloseGentlyOptions = {},
): Promise<{ cut: number }> {
  for (const method of ["close", "closeAllConnections", "closeIdleConnections"] as const) {
    if (typeof Object(server)[method] === "function") continue;
    throw wrong("server", `must be a server of node:http or node:https, has no ${method}()`);
  }
  if (typeof Object(handler).drain !== "function" || typeof Object(handler).underWay !== "function") {
    throw wrong("handler", "must be what createHandler returned, not a function around it");
  }
  const { withinMs, idleMs } = readOptions(options);
  let closing = closings.get(server);
  if (!closing) closings.set(server, (closing = close(server, handler, withinMs, idleMs)));
  return closing;
}

const wrong = (name: string, reason: string) => new TypeError(`Cannot close the server: ${name} ${reason}`);

function readOptions(options: CloseGentlyOptions): Required<CloseGentlyOptions> {
  if (typeof options !== "object" || options === null) throw wrong("options", "must be an object");
  const read = { withinMs: 30_000, idleMs: 1000 };
  for (const [name, value] of Object.entries(options) as [keyof typeof read, unknown][]) {
    if (!Object.hasOwn(read, name)) throw wrong(`option ${name}`, "is not known; allowed: idleMs, withinMs");
    if (value === undefined) continue;
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 2_147_483_647) {
      const actual = typeof value === "number" ? value : typeof value;
      throw wrong(`option ${name}`, `must be an integer from 0 to 2147483647, is ${actual}`);
    }
    read[name] = value as number;
  }
  return read;
}

async function close(
  server: Closing,
  handler: Pick<Handler, "drain" | "underWay">,
  withinMs: number,
  idleMs: number,
): Promise<{ cut: number }> {
  const closed = Promise.withResolvers<void>();
  await stopListening(server, closed.resolve);
  const abandon = new AbortController();
  const { signal } = abandon;
  const drained = handler.drain();
  const ended = drained.then(() => closed.promise);
  const limit = setTimeout(withinMs, undefined, { signal }).catch(() => {});
  void closeUnused(server, drained, idleMs, signal).catch(() => {});
  await Promise.race([ended, limit]);
  abandon.abort();
  const cut = handler.underWay();
  server.closeAllConnections();
  // Ends the timer with which the server looks for slow requests.
  server.close();
  return { cut };
}

/**
 * Stops listening once Node.js has taken over the connections that the kernel had accepted: the others are reset, and
 * with them what their callers have sent already. Node.js takes one a turn (https://github.com/libuv/libuv/pull/3696),
 * so a crowd needs many turns. The last one should be short, because more may come while it lasts: for 100 ms it waits
 * for such a one. The limit is the usual length of the kernel's list. `onClosed` is called once the last connection has
 * ended.
 */
function stopListening(server: Closing, onClosed: () => void): Promise<void> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    let [turns, lastTurnMs, isQuiet] = [0, startedAtMs, false];
    const onConnection = () => void (isQuiet = false);
    // A promise would let other work in between the look and the end.
    const look = () => {
      const nowMs = performance.now();
      const isShort = nowMs - lastTurnMs < 0.2 || nowMs - startedAtMs > 100;
      if (turns++ < 512 && !(isQuiet && isShort)) {
        [lastTurnMs, isQuiet] = [nowMs, true];
        return void setImmediate(look);
      }
      server.off("connection", onConnection);
      // The `close` of `node:http` closes idle connections at once, and with them requests that are just arriving.
      if (server instanceof NetServer) NetServer.prototype.close.call(server, onClosed);
      else server.close(onClosed);
      resolve();
    };
    server.on("connection", onConnection);
    setImmediate(look);
  });
}

/** Closes connections without a request, again and again: routes other than the handler's leave theirs open. */
async function closeUnused(
  server: Closing,
  drained: Promise<void>,
  idleMs: number,
  signal: AbortSignal,
): Promise<void> {
  await setTimeout(idleMs, undefined, { signal });
  closeSilent(server);
  closeIdle(server);
  await drained;
  for (;;) {
    closeIdle(server);
    await setTimeout(50, undefined, { signal });
  }
}

interface Connection {
  readonly socket?: Socket & { _httpMessage?: { finished: boolean } };
}

/** The private list of connections of `node:http`, where there is one. */
function connectionsOf(server: object): { all?(): Connection[]; idle?(): Connection[] } | undefined {
  const name = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === "http.server.connections",
  );
  return name && (server as Record<symbol, ReturnType<typeof connectionsOf>>)[name];
}

/**
 * Closes connections on which nothing was ever sent, such as those that browsers open in advance: to Node.js they are
 * not idle (https://github.com/nodejs/node/blob/v24.0.0/src/node_http_parser.cc, `Parser::Initialize`). It has no
 * public list of connections; where the private one is missing, they are cut in the end.
 */
function closeSilent(server: object): void {
  for (const { socket } of connectionsOf(server)?.all?.() ?? []) if (socket?.bytesRead === 0) socket.destroy();
}

/** As `closeIdleConnections()`, but that one cuts an answer that has ended and is still being sent. */
function closeIdle(server: Closing): void {
  const idle = connectionsOf(server)?.idle?.();
  if (!idle) return server.closeIdleConnections();
  for (const { socket } of idle) {
    if (socket && socket._httpMessage?.finished !== false && socket.writableLength === 0) socket.destroy();
  }
}
