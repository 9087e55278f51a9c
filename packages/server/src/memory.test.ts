import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { head, pay } from "./wire.fixture.ts";

const bodyBytes = 65_000;
const count = 40;

// Two and a half million chunks go through one process.
vi.setConfig({ testTimeout: 60_000 });

/** Small enough that 40 bodies kept in pieces of one byte do not fit by far. */
const execArgv = ["--max-old-space-size=48", "--expose-gc", "--disable-warning=ExperimentalWarning"];

async function provider(auth: "bearer" | "hmac") {
  const child = fork(fileURLToPath(new URL("memory.fixture.ts", import.meta.url)), [auth], { execArgv });
  onTestFinished(() => void child.kill());
  const died = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the provider ended with ${code ?? signal}`);
  });
  const told = async (): Promise<number> => (await Promise.race([once(child, "message"), died]))[0];
  const ask = (message: object) => (child.send(message), told());
  const port = await told();
  died.catch(() => {});
  return { port, bytesHeld: () => ask({}), serveFetch: () => ask({ fetch: { count, bytes: bodyBytes } }) };
}

/** Opens connections that send this and no more. Resolves once all of it has left. */
async function open(port: number, text: string, times = count): Promise<void> {
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((each) => each.destroy()));
  const sent = Array.from({ length: times }, async () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    socket.resume();
    if (text !== "") await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  });
  await Promise.all(sent);
}

const dripping = head("transfer-encoding: chunked") + "1\r\nx\r\n".repeat(bodyBytes);
const slowPay = pay('{"product_id":1,"price":1,"txn_id":"A"}', "authorization: Bearer a-token-of-shop-1");
const signed = dripping.replace("\r\n\r\n", "\r\nsignature: x\r\nsignature-input: x\r\ncontent-digest: x\r\n\r\n");

test("a connection that has sent nothing holds at most 32 kB", async () => {
  const { port, bytesHeld } = await provider("bearer");
  await open(port, "", 1);
  const before = await bytesHeld();
  await open(port, "", 200);
  const each = ((await bytesHeld()) - before) / 200;
  console.log(`a silent connection holds ${(each / 1000).toFixed(1)} kB`);
  expect(each).toBeLessThan(32_000);
});

test.each([
  ["without credentials, next to nothing", "bearer", dripping, 0],
  ["that must be read before its signature is checked, at most twice its bytes", "hmac", signed, 2 * bodyBytes],
  ["that waits behind a slow pay, at most twice its bytes", "bearer", slowPay + dripping, 2 * bodyBytes],
] as const)("a body of 65,000 chunks holds, %s", async (_, auth, text, limit) => {
  const { port, bytesHeld } = await provider(auth);
  await open(port, "", 1);
  const before = await bytesHeld();
  await open(port, text);
  const each = ((await bytesHeld()) - before) / count;
  console.log(`one of ${count} bodies of ${bodyBytes} chunks holds ${(each / 1000).toFixed(1)} kB under ${auth}`);
  expect(each).toBeLessThan(limit + 32_000);
});

test("a body of 65,000 chunks holds at most twice its bytes under the Fetch Standard", async () => {
  const { bytesHeld, serveFetch } = await provider("hmac");
  const before = await bytesHeld();
  await serveFetch();
  const each = ((await bytesHeld()) - before) / count;
  console.log(`one of ${count} bodies of ${bodyBytes} chunks holds ${(each / 1000).toFixed(1)} kB under fetch`);
  expect(each).toBeLessThan(2 * bodyBytes + 32_000);
});
