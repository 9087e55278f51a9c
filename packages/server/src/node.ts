import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { andThen, type Awaitable, orElse } from "./awaitable.ts";
import { callHandler } from "./call-handler.ts";
import type { Handler } from "./http.ts";
import { readMaxBodyBytes } from "./options.ts";
import { problemResponse } from "./problem.ts";

/** A listener for `node:http`, `node:https` and everything that takes one, such as Express. It never throws. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves a handler with `node:http`. Nothing may read the body before it.
 *
 * It reads at most `maxBodyBytes`, 65536 by default. A longer body is answered with 413, and the connection closes. The
 * handler has its own limit; the smaller one counts.
 *
 * When a caller disconnects before its request is complete, the provider is not called. When it disconnects later, the
 * provider is not interrupted, and its answer is dropped as if the network had lost it.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { bearer, createHandler, toNodeListener } from "@codegames/server";
 *
 * const handler = createHandler(
 *   {
 *     check: () => ({ status: "PRODUCT_NOT_FOUND" }),
 *     pay: () => ({ status: "PRODUCT_NOT_FOUND" }),
 *     status: () => ({ status: "TXN_NOT_FOUND" }),
 *   },
 *   { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) },
 * );
 * createServer(toNodeListener(handler)).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 * ```
 *
 * @throws A `TypeError` when `maxBodyBytes` is out of range.
 */
export function toNodeListener(handler: Handler, options: { maxBodyBytes?: number } = {}): NodeListener {
  const maxBodyBytes = readMaxBodyBytes(options.maxBodyBytes);
  return (request, response) => {
    request.on("error", () => {});
    response.on("error", () => {});
    readBody(request, maxBodyBytes, (body) => {
      void orElse(() => respond(handler, request, response, body), () => void response.destroy());
    });
  };
}

/**
 * Answers bytes that are not HTTP with problem details: `server.on("clientError", answerClientError)`. Without it,
 * `node:http` answers them without a body.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // After a complete request that is still being answered, the caller would take this for its answer.
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  if (answering?.req.complete) return void answering.once("close", () => socket.destroy());
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const httpStatus = codeOf(error);
  const { headers, body } = problemResponse(undefined, { httpStatus, detail: "HTTP/1.1 does not allow this request." });
  const all = { ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}\r\n${lines.join("")}\r\n${body}`);
}

function codeOf({ code }: NodeJS.ErrnoException): 400 | 408 | 431 {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

type Body = Uint8Array | "too-large";

function respond(handler: Handler, request: IncomingMessage, response: ServerResponse, body: Body): Awaitable<void> {
  const { method = "", headers } = request;
  return andThen(callHandler(handler, { method, path: pathOf(request), headers, body }), (answer) => {
    // The rest of the body would be read as the next request.
    if (body === "too-large") response.setHeader("connection", "close");
    response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
    response.end(answer.body);
  });
}

/** Routers of the Connect family, such as Express, remove the path of their mount from `url`. */
const pathOf = ({ url = "/", originalUrl = url }: IncomingMessage & { originalUrl?: string }) => originalUrl;

/** Passes the body to `done`, once; never when the caller disconnects before the end. */
function readBody(request: IncomingMessage, maxBodyBytes: number, done: (body: Body) => void): void {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return done("too-large");
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.byteLength;
    if (size <= maxBodyBytes) return void chunks.push(chunk);
    request.pause().off("data", onData).off("end", onEnd);
    done("too-large");
  };
  const onEnd = () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  request.on("data", onData).on("end", onEnd);
}
