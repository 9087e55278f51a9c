import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/**
 * A raw TCP server that takes any number of requests on a connection. It leaves the connection open whatever its client
 * says, so that bytes can still follow an answer.
 */
export class RawServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** `answer` gets each whole request as text. */
  constructor(answer: (request: string, socket: Socket) => void) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket)));
      let unread = "";
      socket.on("data", (bytes) => {
        unread += bytes;
        const head = unread.indexOf("\r\n\r\n") + 4;
        if (head < 4 || unread.length < head + Number(/content-length: (\d+)/i.exec(unread)?.[1])) return;
        const request = unread;
        unread = "";
        answer(request, socket);
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen({ port: 0, host: "127.0.0.1", backlog: 1000 });
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
