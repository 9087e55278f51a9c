/**
 * Runs one worker of the queue in its own process: `queue-worker.ts DATABASE HUB SECONDS POLICY`. Sends its
 * measurements to its parent, and ends.
 */
import { setTimeout } from "node:timers/promises";
import { apiKey, createClient } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { openRetryQueue } from "@codegames/retry-queue";
import { Agent } from "undici";

/** The measurements of a worker. */
export interface Measured {
  checks: number;
  /** From the due time of a check to its call, in milliseconds. */
  lagMs: { p50: number; p99: number; max: number };
  rssMb: number;
  cpuMs: number;
}

const [database = "", baseUrl = "", seconds = "", policy = ""] = process.argv.slice(2);
const fetch = undiciFetch(() => new Agent({ connections: 100 }));
const client = createClient({ baseUrl, auth: apiKey("k"), fetch });
const lags: number[] = [];
const timed: Pick<typeof client, "pay" | "status"> = {
  pay: (request) => client.pay(request),
  status(request) {
    // A txn_id begins with its due time.
    lags.push(Date.now() - Number.parseInt(request.txn_id, 10));
    return client.status(request);
  },
};
const queue = await openRetryQueue({ client: timed, database, policy: JSON.parse(policy), onSettled() {} });
queue.on("database-failed", (error) => console.error(error));
queue.on("paused", ({ reason }) => console.error(`paused: ${reason}`));
let rss = 0;
const watch = setInterval(() => (rss = Math.max(rss, process.memoryUsage.rss())), 100);
const before = process.cpuUsage();
await queue.start();
await setTimeout(Number(seconds) * 1000);
await queue.stop();
clearInterval(watch);
const { user, system } = process.cpuUsage(before);
lags.sort((a, b) => a - b);
const at = (share: number) => lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? Number.NaN;
const measured: Measured = {
  checks: lags.length,
  lagMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
  rssMb: rss / 2 ** 20,
  cpuMs: (user + system) / 1000,
};
process.send?.(measured);
process.disconnect?.();
