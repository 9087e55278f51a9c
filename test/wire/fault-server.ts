import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What the provider did with a pay before the wire failed. */
export type Effect = "sold" | "refused" | "nothing";

/** One pay as the server sees it; the client's result is compared with it. */
export interface ServerRecord {
  effect: Effect;
  bytes: number;
  requests: number;
}

export interface Exchange {
  socket: Socket;
  /** The JSON of an honest provider after this effect. */
  body: string;
  /** The same from a provider that keeps the protocol in what decides, and in little else. */
  drifted: string;
  /** The HTTP code of an honest provider after this effect. */
  status: number;
  /** `body` as an HTTP/1.1 answer with its length. */
  answer: Buffer;
}

/** A fault of the wire. */
export interface Fault {
  name: string;
  /** Plays the fault after the whole request has arrived and the effect has happened. */
  answer?(exchange: Exchange): void;
  /** Plays the fault when the connection opens, without any effect. */
  connect?(socket: Socket): void;
  /** Plays the fault when the first bytes arrive, without any effect. */
  firstBytes?(socket: Socket): void;
}

const product = '{"id":1234567890,"name":"Card","price":50000.0,"productKey":"FJQR-RGPM-BXLD","addInfo":{}}';

/** The bodies of an honest provider. */
export const bodies: Record<Effect, string> = {
  sold: `{"status":"OK","partner_txn_id":"W5345623457426245","comment":"Оплата прошла","product":${product}}`,
  refused: '{"status":"WRONG_PRICE","comment":"Неверная цена","partner_txn_id":"W5345623457426245"}',
  nothing: '{"type":"about:blank","title":"Service Unavailable","status":503}',
};

const driftedProduct =
  '{"id":"1234567890","name":null,"price":"50000.00","shortDescription":0,"productKey":"FJQR-RGPM-BXLD","addInfo":[]}';

/** The same with what PHP, Java and Go write in other ways (interpretations D17 to D19). */
export const driftedBodies: Record<Effect, string> = {
  sold: `{"status":"OK","partner_txn_id":5345623457426245,"comment":["Оплата прошла"],"product":${driftedProduct}}`,
  refused: '{"status":"WRONG_PRICE","comment":404,"partner_txn_id":null,"product":null}',
  nothing: '{"type":null,"title":[],"status":"503"}',
};

export const statuses: Record<Effect, number> = { sold: 200, refused: 200, nothing: 503 };

/** An HTTP answer, byte for byte; a header that is undefined is left out. */
export function http(
  status: number | string,
  body: string | Buffer,
  headers: Record<string, string | undefined> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const defaults = {
    "content-type": "application/json",
    "content-length": String(bytes.length),
    connection: "close",
  };
  const lines = Object.entries<string | undefined>({ ...defaults, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return Buffer.concat([Buffer.from([`HTTP/1.1 ${status} X`, ...lines, "", ""].join("\r\n")), bytes]);
}

/** A raw TCP server that takes one pay and plays one fault. */
export class FaultServer {
  readonly record: ServerRecord;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(fault: Fault, effect: Effect) {
    const record: ServerRecord = { effect: "nothing", bytes: 0, requests: 0 };
    this.record = record;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      fault.connect?.(socket);
      let received = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        if (record.bytes === 0) fault.firstBytes?.(socket);
        record.bytes += chunk.length;
        received = Buffer.concat([received, chunk]);
        const end = endOfRequest(received);
        if (end === undefined || !fault.answer) return;
        received = received.subarray(end);
        record.requests++;
        record.effect = effect;
        const [body, drifted, status] = [bodies[effect], driftedBodies[effect], statuses[effect]];
        fault.answer({ socket, body, drifted, status, answer: http(status, body) });
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

/** Where the first request ends; undefined while it is not complete. */
function endOfRequest(bytes: Buffer): number | undefined {
  const head = bytes.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(bytes.subarray(0, head).toString("latin1"))?.[1] ?? 0);
  const end = head + 4 + length;
  return bytes.length < end ? undefined : end;
}
