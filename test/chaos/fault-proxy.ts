import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Call } from "./judge.ts";

type Faults = Readonly<Record<string, (response: ServerResponse, answer: ProviderAnswer) => void>>;
type ProviderAnswer = { status: number; type: string; body: Buffer };

const answering =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);

/** Faults before the provider: it never gets the request. */
const requestFaults: Faults = {
  "lost: closed": (response) => response.socket?.destroy(),
  "lost: reset": (response) => response.socket?.resetAndDestroy(),
  "lost: 500": answering(500, "Internal Server Error"),
  "lost: 503": answering(503, "", { "retry-after": "1" }),
};

/** Faults after the provider: it gets the request, but the answer does not arrive. */
const answerFaults: Faults = {
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

/** The fault `late` of a pay: the caller loses the connection this long before the provider gets the request. */
const lateMs = 300;

/** Operations whose `txn_id` begins with this never get a useful answer. */
export const silentPrefix = "silent-";

/** A proxy in front of a provider that makes a share of the calls fail by chance, and records every request. */
export class FaultProxy {
  readonly calls: Call[] = [];
  readonly #target: URL;
  readonly #share: number;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer(
    (request, response) => void this.#serve(request, response).catch(() => response.destroy()),
  );
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

  /** Closes all connections and refuses new ones for a time. */
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
    const endpoint = request.url?.slice(1) ?? "";
    const { txn_id } = JSON.parse(body.toString()) as { txn_id: string };
    const fault = this.#pickFault(endpoint, txn_id);
    this.calls.push({ endpoint, txn_id, at: Date.now(), fault });
    if (fault === "late") {
      response.socket?.destroy();
      await setTimeout(lateMs);
    }
    if (fault && requestFaults[fault]) return requestFaults[fault](response, noAnswer);
    const answer = await this.#forward(request, body);
    if (fault && answerFaults[fault]) return answerFaults[fault](response, answer);
    const answerHeaders = { "content-type": answer.type, "content-length": answer.body.length };
    response.writeHead(answer.status, answerHeaders).end(answer.body);
  }

  #pickFault(endpoint: string, txnId: string): string | undefined {
    if (txnId.startsWith(silentPrefix)) return "500";
    if (this.#random() >= this.#share) return undefined;
    const names = [
      ...Object.keys(requestFaults),
      ...Object.keys(answerFaults),
      ...(endpoint === "pay" ? ["late"] : []),
    ];
    return names[Math.floor(this.#random() * names.length)];
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<ProviderAnswer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const { method, url: path } = request;
      const headers = { ...request.headers, connection: "keep-alive" };
      const forwarded = send({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        // Passes a redirect or a broken answer of the provider on unchanged.
        const toAnswer = (bytes: Buffer): ProviderAnswer => ({
          status: answer.statusCode ?? 502,
          type: answer.headers["content-type"] ?? "",
          body: bytes,
        });
        read(answer).then((bytes) => resolve(toAnswer(bytes)), reject);
      });
      forwarded.on("error", reject);
      forwarded.end(body);
    });
  }
}

const noAnswer: ProviderAnswer = { status: 0, type: "", body: Buffer.alloc(0) };

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
