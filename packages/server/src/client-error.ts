import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ProblemKind } from "./problem-kinds.ts";
import { newRequestId, problemResponse, type Refusal } from "./problem-response.ts";

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
  // The earlier request is answered; only the rest of its body was still awaited.
  if (answering?.headersSent) return void socket.end(() => socket.destroy());
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
