import { connect } from "node:net";
import { type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Malformed requests to send, half of them raw bytes and half of them HTTP with a spoilt part. */
const requests = 50_000;

let sandbox: Sandbox;
const failures: unknown[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ onError: (error) => failures.push(error) });
});

afterAll(() => sandbox.close());

test(`${requests} malformed requests are answered as documented, and memory stays flat`, async () => {
  const random = randomOf(20_261_124);
  const counts = new Map<string, number>();
  const port = Number(new URL(sandbox.url).port);
  const send = async () => {
    const answer = await exchange(port, malformed(random));
    const code = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? (answer === "" ? "closed" : "garbage");
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (code === "garbage") throw new Error(`answered with ${JSON.stringify(answer.slice(0, 100))}`);
    if (code >= "4" && !answer.includes("application/problem+json")) throw new Error(`no problem details: ${answer.slice(0, 300)}`);
  };
  const run = async (count: number) => {
    let left = count;
    await Promise.all(Array.from({ length: 16 }, async () => {
      while (left-- > 0) await send();
    }));
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = await run(requests / 10);
  const after = await run((requests * 9) / 10);
  console.log(`fuzz: ${JSON.stringify(Object.fromEntries([...counts].sort()))}, heap ${(before / 1e6).toFixed(0)} MB, then ${(after / 1e6).toFixed(0)} MB`);
  expect(failures).toEqual([]);
  expect([...counts.keys()].filter((code) => code.startsWith("5"))).toEqual([]);
  expect(counts.get("400")).toBeGreaterThan(1000);
  // What 45,000 further requests left behind, if each kept a kilobyte.
  expect(after - before).toBeLessThan(45e6);
  const healthy = await fetch(`${sandbox.url}/check`, {
    method: "POST", body: '{"product_id":1}', headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
  });
  expect(healthy.status).toBe(200);
}, 300_000);

/** Writes bytes and reads what comes back until the other side closes. */
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

const good = '{"product_id":1,"price":50000,"txn_id":"A-1"}';

function malformed(random: () => number): Buffer {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const head = (method: string, path: string, headers: string[]) => `${method} ${path} HTTP/1.1\r\n${["host: x", "connection: close", ...headers].join("\r\n")}\r\n\r\n`;
  const auth = "authorization: Bearer sandbox";
  const json = "content-type: application/json";
  const framed = (body: Buffer, over: string[] = []) => Buffer.concat([Buffer.from(head("POST", pick(["/pay", "/check", "/status"]), [auth, json, `content-length: ${body.length}`, ...over])), body]);
  const edited = (text: string) => {
    const bytes = Buffer.from(text);
    for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return bytes;
  };
  switch (Math.floor(random() * 10)) {
    case 0:
      return noise(1 + Math.floor(random() * 300));
    case 1:
      return edited(head("POST", "/pay", [auth, json, `content-length: ${good.length}`]) + good);
    case 2:
      return framed(noise(Math.floor(random() * 200)));
    case 3:
      return framed(Buffer.from(good.slice(0, Math.floor(random() * good.length))));
    case 4:
      return framed(edited(good).subarray(0, good.length - 1));
    case 5:
      return Buffer.from(head(pick(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"]), pick(["/pay", "/", "/check/../pay", "/%00", "//pay", "*"]), [auth]));
    case 6:
      return framed(Buffer.from(pick(['{"a":'.repeat(200), "[".repeat(1000), '{"product_id":1e999}', '{"product_id":-0.5}', '"', "null", "{}", '{"txn_id":"\\ud800\\u0000"}'])));
    case 7:
      return framed(Buffer.from("{}"), [pick(["content-encoding: gzip", "transfer-encoding: chunked", "expect: 100-continue", "content-length: 5", "x: \u0001", `y: ${"z".repeat(20_000)}`])]);
    case 8:
      return Buffer.from(head("POST", "/pay", [pick(["authorization: Basic \u00ff", "authorization: Bearer", "x: y"]), pick([json, "content-type: text/plain", "content-type: application/json; charset=utf-16"]), "content-length: 2"]) + "{}");
    default:
      return Buffer.concat([Buffer.from(head("POST", "/pay", [auth, json, "transfer-encoding: chunked"])), Buffer.from(pick(["zz\r\n", "5\r\n{}", "-1\r\n", "ffffffff\r\n", "0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n"]))]);
  }
}

/** A random source that gives the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
