import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type AdapterOptions, readMaxBodyBytes } from "./adapter-options.ts";
import { callHandler } from "./call-handler.ts";
import type { WrappedHandler } from "./http.ts";
import { type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import type { ProblemKind } from "./problem-kinds.ts";
import { newRequestId, problemResponse, type Refusal } from "./problem-response.ts";

/** A listener of `node:http`, `node:https` and everything that takes one, such as Express. Never throws. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves a handler with `node:http`. Nothing else may read the body before. After a 413 the connection closes.
 *
 * If the caller goes away before its request is complete, the provider is not called. If it goes away later, the
 * provider is not interrupted, and its answer is dropped as if the network had lost it.
 *
 * @example
 *   ```ts
 *   import { createServer } from "node:http";
 *   import { answerClientError, bearer, createHandler, toNodeListener } from "@codegames/server";
 *
 *   const card = { id: 1234567890n, name: "PSN USA 100 USD", price: 50000, partner_price: 45000 };
 *   const handler = createHandler(
 *     {
 *       check: ({ product_id: id }) =>
 *         id === card.id ? { status: "OK", product: card } : { status: "PRODUCT_NOT_FOUND" },
 *       pay: () => ({ status: "PRODUCT_OUT_OF_STOCK" }),
 *       status: () => ({ status: "TXN_NOT_FOUND" }),
 *     },
 *     { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) },
 *   );
 *   const server = createServer(toNodeListener(handler)).on("clientError", answerClientError);
 *   server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 *   ```
 *
 * @throws A `TypeError` when `maxBodyBytes` is no positive integer.
 */
export function toNodeListener(handler: WrappedHandler, options: AdapterOptions = {}): NodeListener {
  const maxBodyBytes = readMaxBodyBytes(options.maxBodyBytes);
  return (request, response) => {
    request.on("error", () => {});
    response.on("error", () => {});
    readBody(request, maxBodyBytes, (body) => {
      void tryOr(
        () => respond(handler, request, response, body),
        () => void response.destroy(),
      );
    });
  };
}

/**
 * Answers bytes that are not HTTP with problem details: `server.on("clientError", answerClientError)`. Without it,
 * `node:http` answers them without a body. `problemTypes` is the page that explains the kinds of problem; without it,
 * the `type` is `about:blank`.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, problemTypes?: string): void {
  // While an earlier request on this connection is being answered, this text would be read as its answer. Node.js looks
  // at the same private member (https://github.com/nodejs/node/pull/44818).
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  if (answering?.req.complete) return void answering.once("close", () => socket.destroy());
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const refusal: Refusal = { kind: clientErrorKind(error.code), detail: "The request is not what HTTP/1.1 allows." };
  const { status, headers, body } = problemResponse(refusal, { requestId: newRequestId(), problemTypes });
  const fields = { ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}

function clientErrorKind(code: string | undefined): ProblemKind {
  if (code === "HPE_HEADER_OVERFLOW") return "headers-too-large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request-timeout" : "bad-request";
}

function respond(
  handler: WrappedHandler,
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array | "too-large",
): MaybePromise<void> {
  const { method = "", headers } = request;
  return whenReady(callHandler(handler, { method, path: pathOf(request), headers, body }), (answer) => {
    // The unread rest of the body would be taken for the next request.
    if (body === "too-large") response.setHeader("connection", "close");
    response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
    response.end(answer.body);
  });
}

/** Connect routers, such as Express, cut their mount path off `url` and keep the whole path in `originalUrl`. */
const pathOf = ({ url = "/", originalUrl = url }: IncomingMessage & { originalUrl?: string }) => originalUrl;

/** Calls `done` once with the body; never when the caller goes away before it is complete. */
function readBody(
  request: IncomingMessage,
  maxBodyBytes: number,
  done: (body: Uint8Array | "too-large") => void,
): void {
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
