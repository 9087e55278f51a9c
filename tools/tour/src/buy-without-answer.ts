import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bearer, createClient, newTxnId } from "@codegames/client";
import { openRetryQueue, type RetryQueue } from "@codegames/retry-queue";
import { type Sandbox, startSandbox } from "@codegames/sandbox";

const unanswered = 1004n; // sold, then no answer

/**
 * Buys from a sandbox that sells and never answers, and prints how the retry queue settles the purchase. Returns
 * whether the product was sold once, paid once and recorded once.
 */
export async function buyWithoutAnswer(): Promise<boolean> {
  console.log("\nA purchase whose pay is never answered: opening the retry queue on PostgreSQL in this process\n");
  const folder = mkdtempSync(join(tmpdir(), "codegames-tour-"));
  const sandbox = await startSandbox();
  const calls: string[] = [];
  const client = createClient({
    baseUrl: sandbox.url,
    auth: bearer("sandbox"),
    timeoutMs: 1000,
    hooks: { onRequest: ({ path }) => void calls.push(path) },
  });
  const queue = await openRetryQueue({
    client,
    database: folder,
    policy: { periodSeconds: 2, payTimeoutSeconds: 1, pollSeconds: 0.1 },
    onSettled: async ({ txn_id, outcome }, tx) => {
      await tx.executeSql("INSERT INTO orders VALUES ($1, $2)", [txn_id, outcome]);
    },
  });
  try {
    const say = sayWithTime();
    await buy(queue, say);
    return await checkBooks(queue, sandbox, calls, say);
  } finally {
    await queue.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
}

type Say = (text: string) => void;

/** Prints a text after the seconds since now. */
function sayWithTime(): Say {
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  return (text) => console.log(`${seconds()} s  ${text}`);
}

/** Pays, and waits until the queue has settled the purchase. */
async function buy(queue: RetryQueue, say: Say): Promise<void> {
  await queue.transaction((db) => db.executeSql("CREATE TABLE orders (txn_id text, outcome text)"));
  await queue.start();
  const order = { product_id: unanswered, price: 50000, txn_id: newTxnId() };
  const settled = once(queue, "settled", { signal: AbortSignal.timeout(30_000) });
  say(`pay ${order.txn_id}: the intent is on disk, the request leaves once`);
  const { state, result } = await queue.pay(order);
  const detail = result && "detail" in result ? result.detail : "";
  say(`pay() gives ${state}: ${detail}; neither delivered nor refunded`);
  say("the queue asks /status, here every 2 s; the contract says every 120 s, 100 times");
  await settled;
  const operation = await queue.get(order.txn_id);
  const attention = operation?.attention ? `, ${operation.attention}: a person asks the hub for the key` : "";
  say(`settled by /status: ${operation?.settlement?.outcome}${attention}`);
}

/** Compares what the sandbox sold, the merchant paid, and the merchant's database recorded. */
async function checkBooks(queue: RetryQueue, sandbox: Sandbox, calls: string[], say: Say): Promise<boolean> {
  const { rows } = await queue.transaction((db) => db.executeSql("SELECT outcome FROM orders"));
  const sold = (await sandbox.ledger()).length;
  const paid = calls.filter((path) => path === "/pay").length;
  const recorded = `the merchant's books have ${rows.length} row: ${rows[0]?.outcome}`;
  say(`the sandbox has sold ${sold}, /pay was called ${paid} time, ${recorded}`);
  return sold === 1 && paid === 1 && rows.length === 1 && rows[0].outcome === "succeeded";
}
