/** A provider in a process of its own, which tells how much memory it holds: `fork(file, ["bearer" or "hmac"])`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { bearer, createHandler, hmac, toFetchHandler, toNodeListener } from "./index.ts";

const auths = {
  bearer: () => bearer({ "a-token-of-shop-1": "shop-1" }),
  hmac: () => hmac({ "key-1": { merchant: "shop-1", secret: "0123456789abcdef0123456789abcdef" } }),
};
const provider = {
  check: () => ({ status: "PRODUCT_NOT_FOUND" as const }),
  pay: () => new Promise<never>(() => {}),
  status: () => ({ status: "TXN_NOT_FOUND" as const }),
};
const handler = createHandler(provider, { auth: auths[process.argv[2] as keyof typeof auths]() });
const server = createServer(toNodeListener(handler, { bodyTimeoutMs: 600_000 }));

/** Serves requests of the Fetch Standard whose bodies come in pieces of one byte, and never end. */
function serveFetch(count: number, bytes: number): void {
  const serve = toFetchHandler(handler, { bodyTimeoutMs: 600_000 });
  for (let each = 0; each < count; each++) {
    let left = bytes;
    const pull = (controller: ReadableStreamDefaultController) =>
      left-- > 0 ? controller.enqueue(new Uint8Array(1)) : new Promise<void>(() => {});
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new ReadableStream({ pull }),
    };
    void serve(new Request("http://x/pay", { ...init, duplex: "half" } as RequestInit));
  }
}

/** Tells what is held once everything that has come is taken in, and what is garbage is collected. */
async function tellBytesHeld(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setTimeout(10);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
}

process.on("message", ({ fetch }: { fetch?: { count: number; bytes: number } }) => {
  if (fetch) serveFetch(fetch.count, fetch.bytes);
  void tellBytesHeld();
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
