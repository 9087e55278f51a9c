/** Buys from a sandbox that sells and never answers, and shows how the retry queue settles the purchase. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bearer, createClient, newTxnId } from "@codegames/client";
import { openRetryQueue } from "@codegames/retry-queue";
import { startSandbox } from "@codegames/sandbox";

/** The sandbox sells this product and never answers the pay. */
const unansweredProduct = 1004n;

const folder = mkdtempSync(join(tmpdir(), "codegames-tour-"));
console.log("\nA purchase whose pay is never answered: opening the retry queue on PostgreSQL in this process\n");
const sandbox = await startSandbox();
const calledPaths: string[] = [];
const client = createClient({
  baseUrl: sandbox.url,
  auth: bearer("sandbox"),
  timeoutMs: 1000,
  hooks: { onRequest: ({ path }) => void calledPaths.push(path) },
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
  process.exitCode = (await buy()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await queue.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
}

/** Buys once and prints each step. Returns whether the product was sold, paid and booked exactly once. */
async function buy(): Promise<boolean> {
  const startedAt = performance.now();
  const say = (text: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${seconds.padStart(5)} s  ${text}`);
  };
  await queue.transaction((db) => db.executeSql("CREATE TABLE orders (txn_id text, outcome text)"));
  await queue.start();
  const order = { product_id: unansweredProduct, price: 50000, txn_id: newTxnId() };
  const settled = once(queue, "settled", { signal: AbortSignal.timeout(30_000) });
  say(`pay ${order.txn_id}: the queue stores the intent, then sends the request once`);
  const { state, result } = await queue.pay(order);
  const detail = result && "detail" in result ? result.detail : "";
  say(`pay() returns ${state}: ${detail}; neither deliver nor refund yet`);
  say("the queue asks /status, here every 2 s; the contract says every 120 s, 100 times");
  await settled;
  const operation = await queue.get(order.txn_id);
  const attention = operation?.attention ? `, ${operation.attention}: a person asks the hub for the key` : "";
  say(`settled by /status: ${operation?.settlement?.outcome}${attention}`);
  const { rows } = await queue.transaction((db) => db.executeSql("SELECT outcome FROM orders"));
  const sales = await sandbox.ledger();
  const payCount = calledPaths.filter((path) => path === "/pay").length;
  say(`sales of the sandbox: ${sales.length}; calls of /pay: ${payCount}`);
  say(`rows in the merchant's table of orders: ${rows.length}, outcome ${rows[0]?.outcome}`);
  return sales.length === 1 && payCount === 1 && rows.length === 1 && rows[0].outcome === "succeeded";
}
