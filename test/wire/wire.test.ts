import { createClient, type PayResult } from "@codegames/client";
import { afterAll, describe, expect, test } from "vitest";
import { drip } from "./connection-faults.ts";
import {
  bodies,
  driftedBodies,
  type Effect,
  type Exchange,
  type Fault,
  FaultServer,
  http,
  type ServerRecord,
  statuses,
} from "./fault-server.ts";
import { faults } from "./faults.ts";
import type { Expected } from "./wire-case.ts";

const effects = ["sold", "refused", "nothing"] as const;
const order = { product_id: 1_234_567_890n, price: 50000, txn_id: "A-17" };
/** The timeout for a wire that falls silent. */
const shortMs = 400;
/** The timeout for any other wire, whose result must come long before. */
const longMs = 30_000;

let cases = 0;
afterAll(() => console.log(`wire: ${cases} pays over broken connections`));

/** Pays once over a wire with this fault, and returns the errors of the result; none when it is right. */
async function play(fault: Fault, effect: Effect, expected: Expected, timeoutMs = longMs): Promise<string[]> {
  const server = new FaultServer(fault, effect);
  const baseUrl = await server.listen();
  const result = await createClient({ baseUrl, auth: "none", timeoutMs }).pay(order);
  await server.close();
  cases++;
  const errors = [...findBrokenGuarantees(result, server.record), ...findUnexpected(result, effect, expected)];
  return errors.map((error) => `${fault.name}, ${effect}: ${error}`);
}

/** The main guarantee, whatever the wire does: no result says more than the provider did. */
function findBrokenGuarantees(result: PayResult, record: ServerRecord): string[] {
  const found = [];
  if (result.outcome === "succeeded" && record.effect !== "sold") found.push("is succeeded, but nothing was sold");
  if (result.outcome === "rejected" && record.effect !== "refused") found.push("is rejected, but nothing was refused");
  if (result.outcome === "not-sent" && record.bytes > 0) found.push(`is not-sent, but ${record.bytes} bytes arrived`);
  if (record.requests > 1) found.push(`sent ${record.requests} times`);
  return found;
}

function findUnexpected(result: PayResult, effect: Effect, expected: Expected): string[] {
  const honest = { sold: "succeeded", refused: "rejected", nothing: "http-status" }[effect];
  const allowed = [expected].flat().map((each) => (each === "answer" ? honest : each));
  const actual = "reason" in result ? result.reason : result.outcome;
  return allowed.includes(actual) ? [] : [`must be ${allowed.join(" or ")}, is ${actual}`];
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) found.push(...(await run(item)));
    }),
  );
  return found;
}

describe("a pay over a broken wire ends as the provider did, or unknown", () => {
  const all = faults.flatMap((fault) => effects.map((effect) => ({ fault, effect })));

  test(`${faults.length} faults, each with a sale, a refusal and no effect`, async () => {
    expect(
      await inParallel(all, 48, ({ fault, effect }) =>
        play(fault, effect, fault.expected, fault.expected.includes("timeout") ? shortMs : longMs),
      ),
    ).toEqual([]);
  }, 60_000);

  test.each(effects)(
    "an answer cut at every byte, %s",
    async (effect) => {
      const framings: Record<string, (body: string) => Buffer> = {
        length: (body) => http(statuses[effect], body),
        chunks: (body) =>
          http(statuses[effect], `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`, {
            "content-length": undefined,
            "transfer-encoding": "chunked",
          }),
        close: (body) => http(statuses[effect], body, { "content-length": undefined }),
      };
      const framed = Object.entries(framings).flatMap(([name, frame]) => [
        { name, bytes: frame(bodies[effect]) },
        { name: `${name}, drifted`, bytes: frame(driftedBodies[effect]) },
      ]);
      const cuts = framed.flatMap(({ name, bytes }) =>
        Array.from({ length: bytes.length }, (_, at) =>
          [false, true].map((isReset) => ({ name, bytes, at, isReset })),
        ).flat(),
      );
      const found = await inParallel(cuts, 32, ({ name, bytes, at, isReset }) => {
        const end = ({ socket }: Exchange) => (isReset ? socket.resetAndDestroy() : socket.end());
        const answer = (exchange: Exchange) => void exchange.socket.write(bytes.subarray(0, at), () => end(exchange));
        const fault = { name: `${isReset ? "reset" : "cut"} at byte ${at} of ${bytes.length} (${name})`, answer };
        return play(fault, effect, ["answer", "connection", "malformed", "http-status"]);
      });
      expect(found).toEqual([]);
    },
    180_000,
  );

  const anyResult = [
    "answer",
    "connection",
    "malformed",
    "http-status",
    "request-refused",
    "redirect",
    "unrecognised-status",
    "mismatch",
    "too-large",
  ];

  test("10,000 answers with random bytes changed, removed and inserted", async () => {
    const random = mulberry32(20_261_124);
    const mutations = Array.from({ length: 10_000 }, (_, index) => {
      const effect = effects[index % 2] ?? "sold";
      const body = (index % 4 < 2 ? bodies : driftedBodies)[effect];
      return { index, effect, bytes: mutate(http(200, body), random) };
    });
    const found = await inParallel(mutations, 32, ({ index, effect, bytes }) => {
      const fault: Fault = { name: `mutation ${index}`, answer: ({ socket }) => void socket.end(bytes) };
      return play(fault, effect, anyResult);
    });
    expect(found).toEqual([]);
  }, 180_000);

  test.each(effects)(
    "M31 a byte a second, %s",
    async (effect) => {
      expect(await play({ name: "a byte a second", answer: drip(1000) }, effect, "timeout", 2500)).toEqual([]);
    },
    10_000,
  );
});

test("M13 C1 a pay to a closed port is not sent", async () => {
  const server = new FaultServer({ name: "closed" }, "nothing");
  const baseUrl = await server.listen();
  await server.close();
  expect(await createClient({ baseUrl, auth: "none" }).pay(order)).toMatchObject({
    outcome: "not-sent",
    reason: "unreachable",
  });
});

test("C1 a pay is not sent when TLS is refused, and unknown when the handshake just ends", async () => {
  const alert: Fault = { name: "alert", firstBytes: (socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])) };
  const end: Fault = { name: "end", firstBytes: (socket) => socket.end() };
  for (const [fault, outcome] of [
    [alert, "not-sent"],
    [end, "unknown"],
  ] as const) {
    const server = new FaultServer(fault, "nothing");
    const baseUrl = (await server.listen()).replace("http:", "https:");
    expect(await createClient({ baseUrl, auth: "none" }).pay(order)).toMatchObject({ outcome });
    await server.close();
  }
});

test("C11 a pay is not repeated when a kept-alive connection dies with it", async () => {
  let requests = 0;
  const fault: Fault = {
    name: "keep-alive",
    answer: ({ socket, body }) =>
      ++requests === 1 ? socket.write(http(200, body, { connection: "keep-alive" })) : socket.resetAndDestroy(),
  };
  const server = new FaultServer(fault, "sold");
  const client = createClient({ baseUrl: await server.listen(), auth: "none", timeoutMs: longMs });
  expect(await client.pay(order)).toMatchObject({ outcome: "succeeded" });
  expect(await client.pay(order)).toMatchObject({ outcome: "unknown", reason: "connection" });
  expect(requests).toBe(2);
  await server.close();
});

test("M33 no result contains the product key as JSON (E4)", async () => {
  const keyed = faults.filter(({ name }) => /^(M01|M25|C3|M10|M34)/.test(name));
  expect(keyed.length).toBeGreaterThan(20);
  for (const fault of keyed) {
    const server = new FaultServer(fault, "sold");
    const result = await createClient({ baseUrl: await server.listen(), auth: "none", timeoutMs: longMs }).pay(order);
    await server.close();
    expect(
      JSON.stringify(result, (_, value) => (typeof value === "bigint" ? String(value) : value)),
      fault.name,
    ).not.toContain("FJQR");
  }
});

/** Makes one to four edits, half of them in the body. */
function mutate(answer: Buffer, random: () => number): Buffer {
  let bytes = [...answer];
  const bodyAt = answer.indexOf("\r\n\r\n") + 4;
  const pick = (limit: number) => Math.floor(random() * limit);
  for (let edits = 1 + pick(4); edits > 0; edits--) {
    const at = random() < 0.5 ? pick(bytes.length) : bodyAt + pick(Math.max(1, bytes.length - bodyAt));
    const kind = pick(5);
    if (kind === 0) bytes[at] = pick(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
    else if (kind === 2) bytes.splice(at, 1 + pick(8));
    else if (kind === 3) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + pick(30)));
    else
      bytes = [
        ...bytes.slice(0, at),
        ...Buffer.from('",:{}[]0eE-.\\ \r\n').subarray(pick(15)).subarray(0, 1),
        ...bytes.slice(at),
      ];
  }
  return Buffer.from(bytes);
}

/** The mulberry32 generator: a random source in [0, 1) that repeats its numbers for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
