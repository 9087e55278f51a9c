import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** How the provider ends the pay that bought its last key. */
export const faults = ["close", "reset", "408", "421"] as const;

/** What one purchase looked like from the provider. */
export interface Seen {
  pays: number;
  /** Whether the first pay came on a connection that had carried a request before. */
  isReused: boolean | undefined;
}

/**
 * A provider with one key for each purchase. It sells the key to the first `pay`, and then breaks off as its path says:
 * `/reset/17/pay`. Every later `pay` of that purchase is refused, as nothing is left.
 */
export class LastKeyProvider {
  readonly #purchases = new Map<string, Seen>();
  readonly #used = new WeakSet<Socket>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** Listens, and returns the base URL. */
  async listen(): Promise<string> {
    this.#server.keepAliveTimeout = 60_000;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  seen(purchase: string): Seen {
    return this.#purchases.get(purchase) ?? { pays: 0, isReused: undefined };
  }

  /** Begins anew, for the next runtime. */
  forget(): void {
    this.#purchases.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const isReused = this.#used.has(socket);
    this.#used.add(socket);
    const [, fault = "", id = "", operation = ""] = (request.url ?? "").split("/");
    request.resume();
    await once(request, "end");
    if (operation === "check") return send(response, { status: "OK", product });
    // A page for the browser, so that its calls stay on this origin.
    if (operation !== "pay") return void response.setHeader("content-type", "text/html").end("<!doctype html>");
    const seen = this.seen(`${fault}/${id}`);
    this.#purchases.set(`${fault}/${id}`, { pays: seen.pays + 1, isReused: seen.isReused ?? isReused });
    if (seen.pays > 0) return send(response, { status: "PRODUCT_OUT_OF_STOCK" });
    if (fault === "close") socket.destroy();
    else if (fault === "reset") socket.resetAndDestroy();
    else response.writeHead(Number(fault), { "content-length": 0 }).end();
  }
}

const product = { id: 1, name: "Card", price: 50_000, partner_price: 45_000 };

const send = (response: ServerResponse, answer: object): void =>
  void response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
