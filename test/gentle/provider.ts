/**
 * A provider in its own process. It loads its code, waits for a line on its standard input, and then opens its
 * database, listens and prints `listening PORT`. On SIGTERM it ends as `ProviderInput.end` says, and prints
 * `ended CUT PORTS`: how many requests it cut, and the port of the caller of each connection that it accepted.
 * Argument: a `ProviderInput` as JSON.
 */
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { answerClientError, bearer, closeGently, createHandler, toNodeListener } from "@codegames/server";
import type { ProviderInput } from "./provider-process.ts";
import { openShop } from "./shop.ts";

const input = JSON.parse(process.argv[2] ?? "") as ProviderInput;
await once(process.stdin, "data");
// It ends with the process that started it, and does not live for its sake.
process.stdin.once("end", () => process.exit(1));
(process.stdin as Partial<Socket>).unref?.();

const shop = await openShop(input);
await shop.provider.recover();
const handler = createHandler(shop.provider, {
  basePath: input.basePath ?? "",
  auth: bearer({ "token-of-the-merchant": "wallet" }),
  onError: (error) => console.error(error),
});
let isEnding = false;
const answer = toNodeListener(handler);
const server = createServer((request, response) => {
  if (request.url === "/health") response.writeHead(isEnding ? 503 : 200).end();
  else answer(request, response);
}).on("clientError", answerClientError);
server.keepAliveTimeout = 65_000;

const callers: number[] = [];
server.on("connection", ({ remotePort = 0 }) => callers.push(remotePort));

process.once("SIGTERM", () => void end());

server.listen(input.port, "127.0.0.1");
await once(server, "listening");
writeSync(1, `listening ${(server.address() as AddressInfo).port}\n`);

async function end(): Promise<void> {
  isEnding = true;
  await setTimeout(input.unhealthyMs ?? 0);
  if (input.end === "at-once") {
    server.close();
    writeSync(1, `ended 0 ${callers.join(",")}\n`);
    process.exit();
  }
  const { cut } = await closeGently(server, handler, { withinMs: 10_000 });
  await shop.close();
  // The process must end by itself: whatever still holds it is a leak.
  writeSync(1, `ended ${cut} ${callers.join(",")}\n`);
}
