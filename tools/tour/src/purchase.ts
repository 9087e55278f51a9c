/** A purchase whose pay is never answered, and what the retry queue makes of it. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bearer, createClient, newTxnId } from "@codegames/client";
import { openRetryQueue } from "@codegames/retry-queue";
import { startSandbox } from "@codegames/sandbox";

const unanswered = 1004n; // sold, then no answer
const folder = mkdtempSync(join(tmpdir(), "codegames-tour-"));
console.log("\nA purchase whose pay is never answered: opening the retry queue on PostgreSQL in this process\n");
const sandbox = await startSandbox();
const calls: string[] = [];
const client = createClient({ baseUrl: sandbox.url, auth: bearer("sandbox"), timeoutMs: 1000, hooks: { onRequest: ({ path }) => void calls.push(path) } });
const queue = await openRetryQueue({
  client, database: folder, policy: { periodSeconds: 2, payTimeoutSeconds: 1, pollSeconds: 0.1 },
  onSettled: async ({ txn_id, outcome }, tx) => {
    await tx.executeSql("INSERT INTO orders VALUES ($1, $2)", [txn_id, outcome]);
  },
});
const startedAt = performance.now();
const say = (text: string) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${text}`);
try {
  await queue.transaction((db) => db.executeSql("CREATE TABLE orders (txn_id text, outcome text)"));
  await queue.start();
  const order = { product_id: unanswered, price: 50000, txn_id: newTxnId() };
  const settled = once(queue, "settled", { signal: AbortSignal.timeout(30_000) });
  say(`pay ${order.txn_id}: the intent is on disk, the request leaves once`);
  const { state, result } = await queue.pay(order);
  say(`pay() gives ${state}: ${result && "detail" in result ? result.detail : ""}; neither delivered nor refunded`);
  say("the queue asks /status, here every 2 s; the contract says every 120 s, 100 times");
  await settled;
  const operation = await queue.get(order.txn_id);
  say(`settled by /status: ${operation?.settlement?.outcome}${operation?.attention ? `, ${operation.attention}: a person asks the hub for the key` : ""}`);
  const { rows } = await queue.transaction((db) => db.executeSql("SELECT outcome FROM orders"));
  const ledger = await sandbox.ledger();
  const paid = calls.filter((path) => path === "/pay").length;
  say(`the sandbox has sold ${ledger.length}, /pay was called ${paid} time, the merchant's books have ${rows.length} row: ${rows[0]?.outcome}`);
  process.exitCode = ledger.length === 1 && paid === 1 && rows.length === 1 && rows[0].outcome === "succeeded" ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await queue.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
}
