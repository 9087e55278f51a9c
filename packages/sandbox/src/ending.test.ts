import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { startSandbox } from "./index.ts";

/** Buys the product that takes 2 s to sell. */
const paySlowly = (url: string) =>
  fetch(`${url}/pay`, {
    method: "POST",
    body: '{"product_id":1018,"price":50000,"txn_id":"T"}',
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
  });

test("close() finishes a sale that is under way, and answers it, before the database is closed", async () => {
  const onError = vi.fn();
  const sandbox = await startSandbox({ onError });
  const paying = paySlowly(sandbox.url);
  await setTimeout(200);
  const closing = sandbox.close();
  expect(await (await paying).json()).toMatchObject({ status: "OK" });
  await closing;
  expect(onError).not.toHaveBeenCalled();
  await expect(paySlowly(sandbox.url)).rejects.toThrow();
  await expect(sandbox.ledger()).rejects.toThrow();
});

test("close() does not wait for a fault that never answers", async () => {
  const sandbox = await startSandbox();
  sandbox.faults.order({ operation: "pay", kind: "hang", isServed: true, times: 1 });
  const paying = paySlowly(sandbox.url).catch((error: Error) => error.name);
  await vi.waitFor(async () => expect(await sandbox.ledger()).toHaveLength(1), 10_000);
  const start = performance.now();
  await sandbox.close();
  expect(performance.now() - start).toBeLessThan(2000);
  expect(await paying).toBe("TypeError");
});

/** The command with a slow sale under way. */
async function commandAtWork() {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "--port=0", "--admin-port=0"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  const ended = once(child, "close").then(([code]) => ({ code, errors }));
  const url = await vi.waitFor(() => {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    if (!found) throw new Error(`no address in ${output}${errors}`);
    return found;
  }, 20_000);
  const paying = paySlowly(url).then(
    (response) => response.json(),
    (error: Error) => error.name,
  );
  await setTimeout(300);
  return { child, ended, paying };
}

test("the command finishes the sale under way when it is told to end, and prints no error", async () => {
  const { child, ended, paying } = await commandAtWork();
  child.kill("SIGTERM");
  expect(await paying).toMatchObject({ status: "OK" });
  expect(await ended).toEqual({ code: 0, errors: "" });
});

test("the command ends at once when it is told a second time", async () => {
  const { child, ended, paying } = await commandAtWork();
  child.kill("SIGTERM");
  await setTimeout(200);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, errors: "" });
  expect(await paying).toBe("TypeError");
});
