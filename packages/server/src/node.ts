import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { attempt, type Awaitable, proceed } from "./awaitable.ts";
import type { Handler } from "./http.ts";
import { readMaxBodyBytes } from "./options.ts";
import { answerOf, problemResponse } from "./problem.ts";

/** A listener of `node:http`, `node:https` and everything that takes one, such as Express. It never throws. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves a handler with `node:http`. Nothing may have read the body before.
 *
 * `maxBodyBytes`, 65536 by default, is where it stops reading: the answer is 413, and the connection closes. The
 * handler has a limit of its own, and the smaller of the two holds.
 *
 * A caller that goes away before its request is complete gets no call of the provider. One that goes away later does
 * not interrupt the provider: its answer is dropped, as if the network had lost it.
 */
export function toNodeListener(handler: Handler, options: { maxBodyBytes?: number } = {}): NodeListener {
  const maxBodyBytes = readMaxBodyBytes(options.maxBodyBytes);
  return (request, response) => {
    request.on("error", () => {});
    response.on("error", () => {});
    readBody(request, maxBodyBytes, (body) => {
      void attempt(() => respond(handler, request, response, body), () => void response.destroy());
    });
  };
}

/**
 * Answers bytes that are no HTTP with problem details: `server.on("clientError", answerClientError)`. Without it
 * `node:http` answers them without a body.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Behind a whole request that is still being answered, this would be read as the answer to it.
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  if (answering?.req.complete) return void answering.once("close", () => socket.destroy());
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const httpStatus = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const { headers, body } = problemResponse(undefined, { httpStatus, detail: "The request is not what HTTP/1.1 allows." });
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" });
  socket.end(`HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
}

function respond(handler: Handler, request: IncomingMessage, response: ServerResponse, body: Uint8Array | "too-large"): Awaitable<void> {
  const { method = "", headers } = request;
  return proceed(answerOf(handler, { method, path: pathOf(request), headers, body }), (answer) => {
    // What is left of the body would be read as the next request.
    if (body === "too-large") response.setHeader("connection", "close");
    response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
    response.end(answer.body);
  });
}

/** Routers of the Connect family, such as Express, take the path under which they are mounted off `url`. */
const pathOf = ({ url = "/", originalUrl = url }: IncomingMessage & { originalUrl?: string }) => originalUrl;

/** Gives the body, once; never when the caller goes away before. */
function readBody(request: IncomingMessage, maxBodyBytes: number, done: (body: Uint8Array | "too-large") => void): void {
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
