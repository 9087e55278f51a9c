/** A server of `node:http` for one test, and bytes on its wire. */
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";
import { answerClientError } from "./index.ts";

export async function listen(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener).on("clientError", answerClientError);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/**
 * Sends bytes, and resolves to all that comes until the server closes, or until it has the shape `until`. Then it sends
 * `rest`, if there is any, and waits for the server to close.
 */
export const exchange = (port: number, bytes: string, until?: RegExp, rest?: string) =>
  new Promise<string>((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      received += chunk;
      if (!until?.test(received)) return;
      if (rest === undefined) socket.destroy();
      else socket.write(rest);
      until = undefined;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });

/** The head of a pay, with lines of yours. */
export const head = (...lines: string[]) =>
  `${["POST /pay HTTP/1.1", "host: x", "content-type: application/json", ...lines].join("\r\n")}\r\n\r\n`;

/** A whole pay. */
export const pay = (body: string, ...lines: string[]) =>
  head(`content-length: ${Buffer.byteLength(body)}`, ...lines) + body;

/** A whole problem. Its connection stays open for a while if the server still awaits a body. */
export const problem = /"status":\d+[^}]*\}$/;

/** The statuses of all answers in what was received. */
export const statusesOf = (received: string) =>
  [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
