import { cpus } from "node:os";
import { readAnswer } from "@codegames/codec";
import { operations } from "@codegames/contract";
import { answers, asReceived, startServer } from "./answers.ts";
import { compareCalls } from "./calls.ts";
import { measure } from "./measure.ts";
import { bundlePeers, generatePeers, peersOf } from "./peers.ts";
import { print } from "./print.ts";
import { compareProviders } from "./provider.ts";
import { comparePays } from "./queue-pays.ts";
import { compareSales } from "./sales.ts";
import { gzipSize } from "./size.ts";

const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
const { codec } = operations.pay.response;
const answer = answers["/pay"];
/** The same sale from a provider who writes `[]` for an empty object, `null` for nothing, and numbers in quotes. */
const drifted = asReceived(
  answer.replace(/"id":(\d+)/, '"id":"$1"').replace('"addInfo":{}', '"addInfo":[],"price":"50000.00"'),
).replace(/"shortDescription":"[^"]*"/, '"shortDescription":null');

/** Measures both sides beside their peers, and prints the medians of the rounds. */
export async function runBench(rounds: number): Promise<void> {
  console.log(`${machine}; a pay and its answer of ${Buffer.byteLength(answer)} bytes`);
  console.log("Generating the peers' clients from the same contract");
  generatePeers();
  await bundlePeers();
  await compareRequests(rounds);
  await compareCalls(rounds);
  compareDecoding(rounds);
  await compareSizes();
  await compareProviders(Math.ceil(rounds / 3));
  await compareSales(rounds);
  await comparePays(Math.ceil(rounds / 3));
  await measureQueueLast(Math.ceil(rounds / 3));
}

/** Measures the client's calls alone. */
export async function runCallsBench(rounds: number): Promise<void> {
  console.log(machine);
  await compareCalls(rounds);
}

/** Measures providers: requests over loopback, and sales in their databases. */
export async function runProviderBench(rounds: number): Promise<void> {
  console.log(machine);
  await compareProviders(rounds);
  await compareSales(rounds);
}

/** Measures the retry queue alone. */
export async function runQueueBench(rounds: number): Promise<void> {
  console.log(machine);
  await measureQueueLast(rounds);
}

/** Measures purchases through the retry queue alone. */
export async function runPaysBench(rounds: number): Promise<void> {
  console.log(machine);
  await comparePays(rounds);
}

/** Loaded last: once ioredis is loaded, code that works on texts is a third slower in its process. */
async function measureQueueLast(rounds: number): Promise<void> {
  const { measureQueue } = await import("./queue.ts");
  await measureQueue(rounds);
}

async function compareRequests(rounds: number): Promise<void> {
  const { baseUrl, stop } = await startServer();
  const peers = await peersOf(baseUrl);
  for (const concurrency of [1, 16]) {
    console.log(`\nrequests per second, ${concurrency} at once`);
    const perSecond = peers.map((): number[] => []);
    for (const peer of peers) await measure(() => peer.pay(baseUrl), concurrency, 300);
    for (let round = 0; round < rounds; round++) {
      for (const [index, peer] of peers.entries()) {
        perSecond[index]?.push(await measure(() => peer.pay(baseUrl), concurrency, 1000));
      }
    }
    print(
      peers.map(({ name, validates }) => `${name}${validates ? " (validates)" : ""}`),
      perSecond,
      (value) => value.toFixed(0),
    );
  }
  stop();
}

function compareDecoding(rounds: number): void {
  console.log("\nanswers decoded per millisecond, from text");
  const decoders: Record<string, () => unknown> = {
    "JSON.parse": () => JSON.parse(answer),
    "@codegames/contract (validates)": () => codec.decode(answer),
    "@codegames/codec, readAnswer, as the client reads": () => readAnswer(codec, answer),
    "JSON.parse, a drifted answer": () => JSON.parse(drifted),
    "@codegames/codec, readAnswer, a drifted answer": () => readAnswer(codec, drifted),
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
    axios: `export { default } from "axios";`,
    "Redocly generate-client": `export { client } from "./redocly.ts";`,
    "@hey-api/openapi-ts + zod": `export { check, pay, status } from "./hey/index.ts";`,
    "@codegames/client": `export { createClient } from "@codegames/client";`,
  };
  const sizes = await Promise.all(Object.values(entries).map((code, index) => gzipSize(String(index), code)));
  print(
    Object.keys(entries),
    sizes.map((size) => [size]),
    (value) => value.toFixed(0),
  );
}
