import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Call } from "./judge.ts";

type Faults = Readonly<Record<string, (response: ServerResponse, answer: Answer) => void>>;
type Answer = { status: number; type: string; body: Buffer };

const answering = (status: number, body: string, headers: Record<string, string> = {}) => (response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);

/** The request does not get through. */
const before: Faults = {
  "lost: closed": (response) => response.socket?.destroy(),
  "lost: reset": (response) => response.socket?.resetAndDestroy(),
  "lost: 500": answering(500, "Internal Server Error"),
  "lost: 503": answering(503, "", { "retry-after": "1" }),
};

/** It gets through, and its answer does not. */
const after: Faults = {
  closed: (response) => response.socket?.destroy(),
  reset: (response) => response.socket?.resetAndDestroy(),
  cut(response, { status, type, body }) {
    response.writeHead(status, { "content-type": type, "content-length": body.length });
    response.write(body.subarray(0, -5), () => response.socket?.destroy());
  },
  html: answering(200, "<html>Please wait</html>"),
  empty: answering(200, ""),
  500: answering(500, "Internal Server Error"),
  504: answering(504, "<html>Gateway Time-out</html>"),
  hang: () => {},
};

/** With a pay: the caller is turned away before the provider has the request. */
const lateMs = 300;

/** Operations whose `txn_id` begins so are never answered anything of use. */
export const silentPrefix = "silent-";

/** A wire in front of a provider on which a share of the calls goes wrong, by chance. It sees every request. */
export class FaultProxy {
  readonly calls: Call[] = [];
  readonly #target: URL;
  readonly #share: number;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((request, response) => void this.#serve(request, response).catch(() => response.destroy()));
  #port = 0;

  constructor(target: string, share: number, random: () => number) {
    this.#target = new URL(target);
    this.#share = share;
    this.#random = random;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** For some time every connection is refused, and those that there are end. */
  async outage(ms: number): Promise<void> {
    await this.close();
    await setTimeout(ms);
    await this.listen();
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    return closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const operation = request.url?.slice(1) ?? "";
    const { txn_id } = JSON.parse(body.toString()) as { txn_id: string };
    const fault = this.#pick(operation, txn_id);
    this.calls.push({ operation, txn_id, at: Date.now(), fault });
    if (fault === "late") {
      response.socket?.destroy();
      await setTimeout(lateMs);
    }
    if (fault && before[fault]) return before[fault](response, nothing);
    const answer = await this.#forward(request, body);
    if (fault && after[fault]) return after[fault](response, answer);
    response.writeHead(answer.status, { "content-type": answer.type, "content-length": answer.body.length }).end(answer.body);
  }

  #pick(operation: string, txnId: string): string | undefined {
    if (txnId.startsWith(silentPrefix)) return "500";
    if (this.#random() >= this.#share) return undefined;
    const names = [...Object.keys(before), ...Object.keys(after), ...(operation === "pay" ? ["late"] : [])];
    return names[Math.floor(this.#random() * names.length)];
  }

  #forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const forwarded = send({ hostname, port, method, path: url, headers: { ...headers, connection: "keep-alive" }, agent: this.#agent }, (answered) => {
        // A redirect or a broken answer is the provider's own doing, and is handed on as far as it came.
        read(answered).then((read) => resolve({ status: answered.statusCode ?? 502, type: answered.headers["content-type"] ?? "", body: read }), reject);
      });
      forwarded.on("error", reject);
      forwarded.end(body);
    });
  }
}

const nothing: Answer = { status: 0, type: "", body: Buffer.alloc(0) };

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
