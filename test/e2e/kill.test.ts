import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bearer, createClient, newTxnId } from "@codegames/client";
import { afterAll, expect, test } from "vitest";

const kills = 100;
const folder = mkdtempSync(join(tmpdir(), "codegames-kill-"));
const main = fileURLToPath(new URL("main.js", import.meta.resolve("@codegames/sandbox")));

let child: ChildProcess | undefined;

afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Starts the sandbox as a process of its own, on the same file each time. */
async function start(): Promise<{ url: string; adminUrl: string }> {
  child = spawn(process.execPath, [main, "--port", "0", "--admin-port", "0", "--database", join(folder, "shop.db")], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, url, adminUrl] = /The hub is at (\S+), the admin API at (\S+)\. Ctrl-C/.exec(line) ?? [];
    if (url && adminUrl) return { url, adminUrl };
  }
  throw new Error("The sandbox did not start");
}

interface Sold {
  partner_txn_id: string;
  txnId: string;
  key: string;
}

test(`a provider that is killed ${kills} times under load keeps every sale that it answered, and tells the truth of every other`, async () => {
  const answered = new Map<string, { partner_txn_id: string; key: string }>();
  const unclear = new Set<string>();
  let pays = 0;
  for (let kill = 0; kill < kills; kill++) {
    const { url } = await start();
    const hub = createClient({ baseUrl: url, auth: bearer("sandbox"), timeoutMs: 5000 });
    let isDead = false;
    const load = Array.from({ length: 8 }, async () => {
      while (!isDead) {
        const txn_id = newTxnId();
        const result = await hub.pay({ product_id: 1n, price: 50000, txn_id });
        if (result.outcome === "succeeded") answered.set(txn_id, { partner_txn_id: result.body.partner_txn_id, key: result.body.product?.productKey?.reveal() ?? "" });
        else if (result.outcome === "unknown") unclear.add(txn_id);
        else if (result.outcome !== "not-sent") throw new Error(`${result.outcome} of a pay that nothing stood against`);
        pays++;
      }
    });
    await setTimeout(Math.random() * 120);
    isDead = true;
    child?.kill("SIGKILL");
    await Promise.all([...load, child && once(child, "close")]);
  }

  const { url, adminUrl } = await start();
  const hub = createClient({ baseUrl: url, auth: bearer("sandbox") });
  const ledger = new Map(((await (await fetch(`${adminUrl}/ledger`)).json()) as Sold[]).map((sold) => [sold.txnId, sold]));
  const wrong: string[] = [];
  for (const [txnId, { partner_txn_id, key }] of answered) {
    const sold = ledger.get(txnId);
    if (sold?.partner_txn_id !== partner_txn_id || sold.key !== key) wrong.push(`${txnId} was answered and is not in the ledger`);
  }
  const keys = [...ledger.values()].map(({ key }) => key);
  if (new Set(keys).size < keys.length) wrong.push("a key was sold twice");
  for (const txnId of [...unclear, ...answered.keys()]) {
    let status = await hub.status({ txn_id: txnId });
    // What a crash left undecided is decided once its lease is over.
    while (status.outcome === "unknown" && status.httpStatus === 503) {
      await setTimeout(200);
      status = await hub.status({ txn_id: txnId });
    }
    const isSold = ledger.has(txnId);
    if ((status.outcome === "succeeded") !== isSold) wrong.push(`${txnId} is ${isSold ? "sold" : "not sold"}, and status says ${status.outcome}`);
  }
  console.log(`kill: ${pays} pays over ${kills} kills, ${answered.size} answered, ${unclear.size} unclear, ${ledger.size} sold`);
  expect(wrong).toEqual([]);
  expect(answered.size).toBeGreaterThan(kills);
  expect(unclear.size).toBeGreaterThan(kills / 4);
}, 300_000);
