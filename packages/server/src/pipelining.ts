import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { lastOnConnection } from "./drain.ts";
import type { HandlerResponse } from "./http.ts";
import { send } from "./node-answer.ts";
import { newRequestId, problemResponse } from "./problem-response.ts";

/** How many requests of one connection may wait for an earlier one. Clients in use today send none so early. */
const maxWaiting = 64;

const waitingOn = new WeakMap<Socket, number>();

/**
 * Whether a request was sent before an earlier one on its connection is answered. Node.js looks at the same private
 * member (https://github.com/nodejs/node/pull/44818).
 */
export function isBehindAnother({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const current = (socket as { _httpMessage?: ServerResponse } | undefined)?._httpMessage;
  return Boolean(current) && current !== response;
}

/**
 * Starts once the earlier ones are answered, and never if one of them closes the connection: a pay behind a refusal
 * must not be sold (RFC 9112, 9.6). Node.js itself hands over all of them at once.
 */
export function waitForTurn({ socket }: IncomingMessage, response: ServerResponse, start: () => void): void {
  const waiting = waitingOn.get(socket) ?? 0;
  if (waiting >= maxWaiting) return send(response, lastOnConnection(tooMany()));
  waitingOn.set(socket, waiting + 1);
  response.once("socket", () => {
    waitingOn.set(socket, waitingOn.get(socket)! - 1);
    start();
  });
}

function tooMany(): HandlerResponse {
  const detail = `More than ${maxWaiting} requests wait for their turn on this connection. This one was not looked at.`;
  return problemResponse({ kind: "undecided", detail, headers: { "retry-after": "5" } }, { requestId: newRequestId() });
}
