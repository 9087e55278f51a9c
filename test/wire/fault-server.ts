import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** What the provider did with a pay before the wire failed. */
export type Effect = "sold" | "refused" | "nothing";

/** One pay as the other end of the wire sees it: the truth that a result is measured by. */
export interface Truth {
  effect: Effect;
  bytes: number;
  requests: number;
}

export interface Exchange {
  socket: Socket;
  /** The JSON that an honest provider answers after this effect, and the HTTP code. */
  body: string;
  status: number;
  /** That body as an HTTP/1.1 answer with its length. */
  answer: Buffer;
}

/** What goes wrong on the wire. */
export interface Fault {
  name: string;
  /** Plays the fault once the request is there; the effect has happened by then. */
  answer?(exchange: Exchange): void;
  /** Plays it when the connection is there, or with its first bytes: the effect has not happened and never will. */
  connect?(socket: Socket): void;
  firstBytes?(socket: Socket): void;
}

const json = "application/json";

export const bodies: Record<Effect, string> = {
  sold: '{"status":"OK","partner_txn_id":"W5345623457426245","comment":"Оплата прошла","product":{"id":1234567890,"name":"Card","price":50000.0,"productKey":"FJQR-RGPM-BXLD","addInfo":{}}}',
  refused: '{"status":"WRONG_PRICE","comment":"Неверная цена","partner_txn_id":"W5345623457426245"}',
  nothing: '{"type":"about:blank","title":"Service Unavailable","status":503}',
};

export const statuses: Record<Effect, number> = { sold: 200, refused: 200, nothing: 503 };

/** An HTTP answer, byte for byte; a header that is undefined is left out. */
export function http(status: number | string, body: string | Buffer, headers: Record<string, string | undefined> = {}): Buffer {
  const bytes = Buffer.from(body);
  const all: Record<string, string | undefined> = { "content-type": json, "content-length": String(bytes.length), connection: "close", ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.concat([Buffer.from([`HTTP/1.1 ${status} X`, ...lines, "", ""].join("\r\n")), bytes]);
}

/** A raw TCP server that takes one pay and plays one fault. */
export class FaultServer {
  readonly truth: Truth;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(fault: Fault, effect: Effect) {
    const truth: Truth = { effect: "nothing", bytes: 0, requests: 0 };
    this.truth = truth;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      fault.connect?.(socket);
      let received = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        if (truth.bytes === 0) fault.firstBytes?.(socket);
        truth.bytes += chunk.length;
        received = Buffer.concat([received, chunk]);
        const end = endOfRequest(received);
        if (end === undefined || !fault.answer) return;
        received = received.subarray(end);
        truth.requests++;
        truth.effect = effect;
        const [body, status] = [bodies[effect], statuses[effect]];
        fault.answer({ socket, body, status, answer: http(status, body) });
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Where the first request ends, once it is there as a whole. */
function endOfRequest(bytes: Buffer): number | undefined {
  const head = bytes.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(bytes.subarray(0, head).toString("latin1"))?.[1] ?? 0);
  const end = head + 4 + length;
  return bytes.length < end ? undefined : end;
}
