/**
 * Runs one merchant in its own process: `queue-pays-merchant.ts WAY DATABASE HUB`. Buys what its parent asks for, one
 * {@link Task} a message, and answers each with {@link Bought}.
 */
import { setTimeout } from "node:timers/promises";
import { apiKey, createClient } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { openRetryQueue } from "@codegames/retry-queue";
import pg from "pg";
import { Agent, request as send } from "undici";

/** Pays to make. Of one in `slowOneIn`, if there is one, the books take 2 s. */
export interface Task {
  pays: number;
  atOnce: number;
  slowOneIn?: number | undefined;
}

/** The measurements of a task. Times in milliseconds; those of slow pays are left out. */
export interface Bought {
  perSecond: number;
  p50: number;
  p99: number;
  cpuMs: number;
  rssMb: number;
}

const [way = "", database = "", hub = ""] = process.argv.slice(2);
const orders = "CREATE TABLE IF NOT EXISTS orders (txn_id text PRIMARY KEY, outcome text)";
const insertOrder = "INSERT INTO orders (txn_id, outcome) VALUES ($1, $2)";
const slow = new Set<string>();
/** Stands for books that are slow: a report, a lock, a call that should not be there. */
const keepBooks = async (txnId: string) => void (slow.has(txnId) && (await setTimeout(2000)));

type Pay = (txnId: string) => Promise<void>;

/** The least correct merchant: the intent is on disk before the pay, and the answer and the order are one commit. */
async function byHand(): Promise<Pay> {
  const pool = new pg.Pool({ connectionString: database, max: 20 });
  await pool.query(orders);
  await pool.query("CREATE TABLE IF NOT EXISTS intents (txn_id text PRIMARY KEY, request text, state text)");
  const dispatcher = new Agent({ connections: 500 });
  return async (txnId) => {
    const body = JSON.stringify({ product_id: 1_234_567_890, price: 50_000, txn_id: txnId });
    await pool.query("INSERT INTO intents VALUES ($1, $2, 'pending')", [txnId, body]);
    const headers = { "content-type": "application/json" };
    const response = await send(`${hub}/pay`, { method: "POST", headers, body, dispatcher });
    const answer = JSON.parse(await response.body.text()) as { status: string };
    if (answer.status !== "OK") throw new Error(answer.status);
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("UPDATE intents SET state = 'succeeded' WHERE txn_id = $1 AND state = 'pending'", [txnId]);
    await client.query(insertOrder, [txnId, "succeeded"]);
    await keepBooks(txnId);
    await client.query("COMMIT");
    client.release();
  };
}

async function byQueue(): Promise<Pay> {
  const fetch = undiciFetch(() => new Agent({ connections: 500 }));
  const client = createClient({ baseUrl: hub, auth: apiKey("k"), fetch });
  const queue = await openRetryQueue({
    client,
    database,
    async onSettled({ txn_id, outcome }, tx) {
      await tx.executeSql(insertOrder, [txn_id, outcome]);
      await keepBooks(txn_id);
    },
  });
  queue.on("database-failed", (error) => console.error(error));
  queue.on("settlement-failed", ({ error }) => console.error(error));
  await queue.transaction((tx) => tx.executeSql(orders));
  return async (txnId) => {
    const { state } = await queue.pay({ product_id: 1_234_567_890n, price: 50_000, txn_id: txnId });
    if (state !== "succeeded" && !slow.has(txnId)) throw new Error(`${txnId} is ${state}`);
  };
}

let count = 0;

async function run(pay: Pay, { pays, atOnce, slowOneIn }: Task): Promise<Bought> {
  const times: number[] = [];
  let left = pays;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const txnId = `T-${process.pid}-${count++}`;
        const isSlow = slowOneIn !== undefined && count % slowOneIn === 0;
        if (isSlow) slow.add(txnId);
        const paidAt = performance.now();
        await pay(txnId);
        if (!isSlow) times.push(performance.now() - paidAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  const rssMb = process.memoryUsage.rss() / 2 ** 20;
  return { perSecond: pays / seconds, p50: at(0.5), p99: at(0.99), cpuMs: (user + system) / 1000, rssMb };
}

const pay = await (way === "by-hand" ? byHand() : byQueue());
process.on("message", async (task: Task) => process.send?.(await run(pay, task)));
process.send?.("ready");
process.on("disconnect", () => process.exit());
