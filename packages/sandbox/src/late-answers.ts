import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { HandlerResponse } from "@codegames/server";

/** Answers that were sent and are due once more, by their connection. */
const due = new WeakMap<Socket, Buffer>();

/**
 * Notes an answer to be sent a second time. It waits for the next request on its connection, where a client must take
 * it for the answer: right behind the first it would only close the connection, or win a race now and then.
 */
export function sendAgainLater(response: ServerResponse, answer: HandlerResponse): HandlerResponse {
  const { socket } = response;
  // A pipelined request must not get it before the first has gone out.
  if (socket) response.once("finish", () => due.set(socket, toBytes(answer)));
  return answer;
}

/** Sends the answer that is due on a connection, if there is one. Call it when a request has come. */
export function sendLateAnswer(socket: Socket): void {
  const late = due.get(socket);
  if (late && due.delete(socket)) socket.write(late);
}

function toBytes({ status, headers, body }: HandlerResponse): Buffer {
  const fields = { ...headers, "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`),
    Buffer.from(body as string),
  ]);
}
