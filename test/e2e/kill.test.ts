import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bearer, type Client, createClient, newTxnId } from "@codegames/client";
import { afterAll, expect, test } from "vitest";

const kills = 100;
const folder = mkdtempSync(join(tmpdir(), "codegames-kill-"));
const main = fileURLToPath(new URL("main.js", import.meta.resolve("@codegames/sandbox")));

let child: ChildProcess | undefined;

afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Starts the sandbox in its own process, on the same file each time. */
async function start(): Promise<{ url: string; adminUrl: string }> {
  const args = [main, "--port", "0", "--admin-port", "0", "--database", join(folder, "shop.db")];
  child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, url, adminUrl] = /The hub is at (\S+), the admin API at (\S+)\. Ctrl-C/.exec(line) ?? [];
    if (url && adminUrl) return { url, adminUrl };
  }
  throw new Error("The sandbox did not start");
}

/** A row of the sandbox's ledger. */
interface Sale {
  partner_txn_id: string;
  txn_id: string;
  key: string;
}

/** The results of all pays, as the client saw them. */
interface Results {
  answered: Map<string, { partner_txn_id: string; key: string }>;
  unclear: Set<string>;
  pays: number;
}

test(`a provider killed ${kills} times under load keeps every answered sale, and its status is true`, async () => {
  const results: Results = { answered: new Map(), unclear: new Set(), pays: 0 };
  for (let kill = 0; kill < kills; kill++) {
    const { url } = await start();
    await payUntilKilled(createClient({ baseUrl: url, auth: bearer("sandbox"), timeoutMs: 5000 }), results);
  }

  const { url, adminUrl } = await start();
  const sales = (await (await fetch(`${adminUrl}/ledger`)).json()) as Sale[];
  const ledger = new Map(sales.map((sale) => [sale.txn_id, sale]));
  const hub = createClient({ baseUrl: url, auth: bearer("sandbox") });
  const faults = [...findLedgerFaults(results, ledger), ...(await findStatusFaults(results, ledger, hub))];
  const { answered, unclear, pays } = results;
  console.log(
    `kill: ${pays} pays, ${kills} kills, ${answered.size} answered, ${unclear.size} unclear, ${ledger.size} sold`,
  );
  expect(faults).toEqual([]);
  expect(answered.size).toBeGreaterThan(kills);
  expect(unclear.size).toBeGreaterThan(kills / 4);
}, 300_000);

/** Pays eight at a time, kills the sandbox after at most 120 ms, and waits until all pays have a result. */
async function payUntilKilled(hub: Client, results: Results): Promise<void> {
  let isKilled = false;
  const load = Array.from({ length: 8 }, async () => {
    while (!isKilled) {
      const txnId = newTxnId();
      const result = await hub.pay({ product_id: 1n, price: 50000, txn_id: txnId });
      if (result.outcome === "succeeded") {
        const { partner_txn_id, product } = result.body;
        results.answered.set(txnId, { partner_txn_id, key: product?.productKey?.reveal() ?? "" });
      } else if (result.outcome === "unknown") results.unclear.add(txnId);
      else if (result.outcome !== "not-sent") throw new Error(`A valid pay must not be ${result.outcome}`);
      results.pays++;
    }
  });
  await setTimeout(Math.random() * 120);
  isKilled = true;
  child?.kill("SIGKILL");
  await Promise.all([...load, child && once(child, "close")]);
}

/** Answered sales that the ledger lacks, and keys that it sold twice. */
function findLedgerFaults({ answered }: Results, ledger: Map<string, Sale>): string[] {
  const faults = [...answered]
    .filter(([txnId, { partner_txn_id, key }]) => {
      const sale = ledger.get(txnId);
      return sale?.partner_txn_id !== partner_txn_id || sale.key !== key;
    })
    .map(([txnId]) => `${txnId} was answered and is not in the ledger`);
  const keys = [...ledger.values()].map(({ key }) => key);
  return new Set(keys).size < keys.length ? [...faults, "a key was sold twice"] : faults;
}

/** Transactions whose status contradicts the ledger. */
async function findStatusFaults(
  { unclear, answered }: Results,
  ledger: Map<string, Sale>,
  hub: Client,
): Promise<string[]> {
  const faults: string[] = [];
  for (const txnId of [...unclear, ...answered.keys()]) {
    let status = await hub.status({ txn_id: txnId });
    // A pay that a crash left undecided is decided when its lease expires.
    while (status.outcome === "unknown" && status.httpStatus === 503) {
      await setTimeout(200);
      status = await hub.status({ txn_id: txnId });
    }
    const isSold = ledger.has(txnId);
    if ((status.outcome === "succeeded") !== isSold) {
      faults.push(`${txnId} is ${isSold ? "sold" : "not sold"}, and status says ${status.outcome}`);
    }
  }
  return faults;
}
