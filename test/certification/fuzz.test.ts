import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMalformedRequest } from "./malformed-request.ts";

/** Number of malformed requests to send. */
const requests = 50_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let sandbox: Sandbox;
const failures: unknown[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ onError: (error) => failures.push(error) });
});

afterAll(() => sandbox.close());

test(`${requests} malformed requests get documented answers, and memory stays flat`, async () => {
  const random = createRandom(20_261_124);
  const counts = new Map<string, number>();
  const port = Number(new URL(sandbox.url).port);
  const send = async () => {
    const answer = await exchange(port, createMalformedRequest(random));
    const code = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? (answer === "" ? "closed" : "garbage");
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (code === "garbage") throw new Error(`the answer is not HTTP: ${JSON.stringify(answer.slice(0, 100))}`);
    if (code >= "4" && !answer.includes("application/problem+json")) {
      throw new Error(`the answer has no problem details: ${answer.slice(0, 300)}`);
    }
  };
  const run = async (count: number) => {
    let left = count;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (left-- > 0) await send();
      }),
    );
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await run(requests / 10);
  const after = await run((requests * 9) / 10);
  const sorted = Object.fromEntries([...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  const [beforeMb, afterMb] = [before, after].map((bytes) => (bytes / 1e6).toFixed(1));
  console.log(`fuzz: ${JSON.stringify(sorted)}, heap ${beforeMb} MB, then ${afterMb} MB`);
  expect(failures).toEqual([]);
  expect([...counts.keys()].filter((code) => code.startsWith("5"))).toEqual([]);
  expect(counts.get("400")).toBeGreaterThan(1000);
  // The heap would grow by this much if each of the last 45,000 requests kept 100 bytes.
  expect(after - before).toBeLessThan(4.5e6);
  const healthy = await fetch(`${sandbox.url}/check`, {
    method: "POST",
    body: '{"product_id":1}',
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
  });
  expect(healthy.status).toBe(200);
}, 300_000);

/** Writes bytes, then reads until the other side closes. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => (received += chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });
}

/** A random source in [0, 1) that repeats its numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
