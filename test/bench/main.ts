/**
 * Compares client, server and retry queue with their peers, in one run on one machine: requests per second over loopback,
 * decoding of one answer, shipped sizes, sales per second, checks per second. Rounds alternate between the peers. Prints
 * medians and ratios, and asserts nothing. `node main.ts [ROUNDS]`, default 9; `node main.ts queue [ROUNDS]` measures the
 * retry queue alone, default 3.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";
import { bundlePeers, generatePeers, type Peer, peersOf } from "./peers.ts";
import { print } from "./print.ts";
import { compareProviders, compareSales } from "./provider.ts";
import { gzipSize } from "./size.ts";

const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
const isQueueAlone = process.argv[2] === "queue";
const given = process.argv[isQueueAlone ? 3 : 2];
const rounds = Number(given ?? (isQueueAlone ? 3 : 9));
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`bench: ROUNDS must be a whole number from 1, is "${given}"`);
  process.exit(2);
}
if (isQueueAlone) {
  console.log(machine);
  await queue(rounds);
  process.exit();
}
const { codec } = operations.pay.response;
const encoded = codec.encode(examples.pay.responses[200].OK);
if (!encoded.ok) throw new Error("The example of a sale cannot be encoded");
const answer = new TextDecoder().decode(new TextEncoder().encode(encoded.text));

console.log(`${machine}; a pay and its answer of ${Buffer.byteLength(answer)} bytes`);
console.log("Generating the peers' clients from the same contract");
generatePeers();
await bundlePeers();
await compareRequests();
compareDecoding();
await compareSizes();
await compareProviders(Math.ceil(rounds / 3));
await compareSales(rounds);
await queue(Math.ceil(rounds / 3));

/** Loads the queue last: after loading ioredis 6, code that works on texts is a third slower (Node 24.21). */
async function queue(rounds: number): Promise<void> {
  const { measureQueue } = await import("./queue.ts");
  await measureQueue(rounds);
}

async function compareRequests(): Promise<void> {
  const serverFile = fileURLToPath(new URL("server.ts", import.meta.url));
  const server = spawn(process.execPath, [serverFile, answer], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(server.stdout, "data");
  const baseUrl = `http://127.0.0.1:${String(port).trim()}`;
  const peers = await peersOf(baseUrl);
  for (const concurrency of [1, 16]) {
    console.log(`\nrequests per second, ${concurrency} at once`);
    const perSecond = peers.map((): number[] => []);
    for (const peer of peers) await run(peer, baseUrl, concurrency, 300);
    for (let round = 0; round < rounds; round++) {
      for (const [index, peer] of peers.entries()) perSecond[index]?.push(await run(peer, baseUrl, concurrency, 1000));
    }
    const names = peers.map(({ name, validates }) => `${name}${validates ? " (validates)" : ""}`);
    print(names, perSecond, (value) => value.toFixed(0));
  }
  server.kill();
}

/** Runs one round. Returns requests per second. */
async function run(peer: Peer, baseUrl: string, concurrency: number, requests: number): Promise<number> {
  let left = requests;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await peer.pay(baseUrl);
  }));
  return (requests / (performance.now() - startedAt)) * 1000;
}

function compareDecoding(): void {
  console.log("\nanswers decoded per millisecond, from text");
  const decoders: Record<string, () => unknown> = {
    "JSON.parse": () => JSON.parse(answer),
    "@codegames/contract (validates)": () => codec.decode(answer),
  };
  const perMs = Object.values(decoders).map((): number[] => []);
  for (let round = 0; round < rounds * 3; round++) {
    for (const [index, decode] of Object.values(decoders).entries()) {
      const startedAt = performance.now();
      for (let count = 0; count < 20_000; count++) decode();
      perMs[index]?.push(20_000 / (performance.now() - startedAt));
    }
  }
  print(Object.keys(decoders), perMs, (value) => value.toFixed(0));
}

async function compareSizes(): Promise<void> {
  console.log("\nshipped bytes of three operations, bundled, minified, gzip");
  const entries: Record<string, string> = {
    "openapi-fetch": `export { default } from "openapi-fetch";`,
    "axios": `export { default } from "axios";`,
    "Redocly generate-client": `export { client } from "./redocly.ts";`,
    "@hey-api/openapi-ts + zod": `export { check, pay, status } from "./hey/index.ts";`,
    "@codegames/client": `export { createClient } from "@codegames/client";`,
  };
  const sizes = await Promise.all(Object.values(entries).map((code, index) => gzipSize(String(index), code)));
  print(Object.keys(entries), sizes.map((size) => [size]), (value) => value.toFixed(0));
}
