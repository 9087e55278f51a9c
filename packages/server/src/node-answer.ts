import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { HandlerResponse } from "./http.ts";
import { hasBody } from "./node-body.ts";

/** The largest body that is read and thrown away so that its connection can be kept. */
const maxSparedBytes = 65_536;

/** What is read of a refused body, and for how long, so that the caller reads the answer before its connection ends. */
const maxDrainedBytes = 1_048_576;
const maxDrainMs = 2000;

/** Sends the answer to a request that was read to its end. */
export function send(response: ServerResponse, { status, headers, body }: HandlerResponse): void {
  const fields = { ...headers, "content-length": Buffer.byteLength(body) };
  if (writeHead(response, status, fields)) response.end(body);
}

/** Closes the connection when HTTP cannot carry the headers, which a function around a handler can write. */
function writeHead(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): boolean {
  try {
    response.writeHead(status, headers);
    return true;
  } catch {
    response.destroy();
    return false;
  }
}

/** Sends an answer for which the body was not read. The connection is kept only if the whole body is there already. */
export function answerUnread(request: IncomingMessage, response: ServerResponse, answer: HandlerResponse): void {
  if (!hasBody(request) || request.readableEnded) return send(response, answer);
  const isLast = answer.headers.connection === "close";
  if (isLast || Number(request.headers["content-length"] ?? 0) > maxSparedBytes) {
    return sendAndClose(request, response, answer);
  }
  request.on("data", () => {});
  // What came with the headers is parsed in this turn.
  setImmediate(() => (request.complete ? send(response, answer) : sendAndClose(request, response, answer)));
}

/**
 * Sends the answer to a request whose body was not read to its end, and closes the connection: the rest would be taken
 * for the next request. It goes on reading for a while, since closing a connection with unread bytes resets it, and a
 * reset can overtake the answer (RFC 9112, 9.6).
 */
export function sendAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HandlerResponse,
): void {
  const fields = { ...headers, "content-length": Buffer.byteLength(body), connection: "close" };
  if (!writeHead(response, status, fields)) return;
  if (request.readableEnded || request.destroyed) return void response.end(body);
  response.flushHeaders();
  response.write(body);
  let left = maxDrainedBytes;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, maxDrainMs).unref();
  request
    .on("data", (chunk: Buffer) => {
      left -= chunk.byteLength;
      if (left < 0) end();
    })
    .on("end", end)
    .on("close", end);
}
