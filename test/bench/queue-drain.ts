// Long, because it is one comparison: the same drain by this queue and by four others, each with its set-up.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { newDatabase, startDatabase } from "@codegames/database";
import { openRetryQueue } from "@codegames/retry-queue";
import { Queue, Worker } from "bullmq";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { Redis } from "ioredis";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { median } from "./print.ts";
import { copyJobs, fakeClient, fillQueue, undecided } from "./queue-rows.ts";

const batchSize = 500;

/** A queue of checks that decide nothing: each is repeated about two minutes later. */
interface Peer {
  name: string;
  /** The ratio that ours must reach. */
  bar?: number;
  /** Adds due checks. Returns the drain, which resolves when all results are written, except for about one batch. */
  fill(count: number): Promise<() => Promise<unknown>>;
  close(): Promise<unknown>;
}

/** Measures checks per second when all are due at once. */
export async function compareDrains(rounds: number, count: number): Promise<void> {
  console.log(`\nchecks drained per second, ${count} operations pending and due, PostgreSQL with fsync, no-op check`);
  const postgres = await startDatabase();
  const peers = [retryQueue(postgres.url), fetchAndFail(postgres.url), work(postgres.url), graphile(postgres.url)];
  const bullmq = await openBullmq();
  if (bullmq) peers.push(bullmq);
  const perSecond = peers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...peers.entries()];
    for (const [index, peer] of round % 2 === 0 ? order : order.toReversed()) {
      const drain = await peer.fill(count);
      const startedAt = performance.now();
      await drain();
      perSecond[index]?.push((count / (performance.now() - startedAt)) * 1000);
    }
  }
  const [ours = Number.NaN, ...others] = perSecond.map(median);
  const width = Math.max(...peers.map(({ name }) => name.length));
  console.log(`  ${"@codegames/retry-queue".padEnd(width)}  ${ours.toFixed(0).padStart(7)}`);
  for (const [index, value] of others.entries()) {
    const { name, bar } = peers[index + 1] as Peer;
    const ratio = `ours ${(ours / value).toFixed(2)} ×${bar ? ` (bar ${bar})` : ""}`;
    console.log(`  ${name.padEnd(width)}  ${value.toFixed(0).padStart(7)}  ${ratio}`);
  }
  if (!bullmq) console.log("  BullMQ is left out: there is no redis-server on the PATH");
  for (const { close } of peers) await close();
  await postgres.stop();
}

/** Returns a promise that resolves after `count` calls of `check`. */
function countdown(count: number): { check: () => void; done: Promise<void> } {
  let resolveDone = () => {};
  const done = new Promise<void>((resolve) => (resolveDone = resolve));
  let checks = 0;
  const check = () => {
    if (++checks === count) resolveDone();
  };
  return { check, done };
}

function retryQueue(server: string): Peer {
  return {
    name: "@codegames/retry-queue",
    async fill(count) {
      const url = await newDatabase(server);
      await fillQueue(url, { count, firstDueMs: Date.now() - 60_000, spacingMs: 0 });
      const { check, done } = countdown(count);
      // An undecided hub: the circuit breaker would open for a hub that is down.
      const client = fakeClient(async () => {
        check();
        return { ...undecided, reason: "malformed", httpStatus: 200 };
      });
      const policy = { callsPerSecond: Number.POSITIVE_INFINITY, concurrency: 10_000 };
      const queue = await openRetryQueue({ client, database: url, policy, onSettled() {} });
      queue.on("database-failed", (error) => console.error(error));
      return async () => {
        await queue.start();
        await done;
        // Counts the writes that are left, which can be many.
        await queue.stop();
      };
    },
    async close() {},
  };
}

/** Starts a pg-boss on a new database with jobs like those of the queue. */
async function bossWith(server: string, count: number): Promise<PgBoss> {
  const url = await newDatabase(server);
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, registerInstance: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("checks", {
    retryLimit: 2_147_483_647,
    retryDelay: 120,
    retentionSeconds: 10 * 365 * 86_400,
    deleteAfterSeconds: 86_400,
    expireInSeconds: 60,
  });
  await boss.insert("checks", [{ data: { txn_id: "template" } }]);
  await copyJobs(url, "pgboss", { count, firstDueMs: Date.now() - 60_000, spacingMs: 0 });
  return boss;
}

const undecidedOutput = { outcome: "unknown", reason: "malformed", httpStatus: 200 };

function fetchAndFail(server: string): Peer {
  return {
    name: `pg-boss fetch + fail, batches of ${batchSize}`,
    bar: 0.8,
    async fill(count) {
      const boss = await bossWith(server, count);
      return async () => {
        for (;;) {
          const jobs = await boss.fetch("checks", { batchSize });
          if (jobs.length === 0) break;
          await boss.fail(
            "checks",
            jobs.map(({ id }) => id),
            undecidedOutput,
          );
        }
        await boss.stop({ graceful: false });
      };
    },
    async close() {},
  };
}

function work(server: string): Peer {
  return {
    name: `pg-boss work, perJobResults, batches of ${batchSize}`,
    bar: 1.5,
    async fill(count) {
      const boss = await bossWith(server, count);
      return async () => {
        let checks = 0;
        const options = {
          batchSize,
          perJobResults: true,
          burstWhenBatchFull: true,
          pollingIntervalSeconds: 0.5,
        } as const;
        await new Promise<void>((resolve) => {
          void boss.work("checks", options, async (jobs) => {
            checks += jobs.length;
            if (checks === count) resolve();
            return jobs.map(({ id }) => ({ id, status: "failed" as const, output: undecidedOutput }));
          });
        });
        // Waits until the last batch is written.
        await boss.offWork("checks");
        await boss.stop({ graceful: false });
      };
    },
    async close() {},
  };
}

function graphile(server: string): Peer {
  return {
    name: "graphile-worker, local queue and batched failures",
    async fill(count) {
      const pool = new pg.Pool({ connectionString: await newDatabase(server), max: 10 });
      pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
      const logger = new Logger(() => () => {});
      const utils = await makeWorkerUtils({ pgPool: pool, logger });
      await utils.migrate();
      await utils.addJobs([{ identifier: "check", payload: { txn_id: "template" }, maxAttempts: 32_000 }]);
      // Five failures before this one: the next attempt comes after e⁶ s, later than the round ends.
      await pool.query(
        `INSERT INTO graphile_worker._private_jobs
           (task_id, payload, priority, run_at, attempts, max_attempts, created_at)
         SELECT task_id, json_build_object('txn_id', 'T-' || i), priority,
           run_at - (i * 7919 % 200) * interval '1 minute', 5, max_attempts, created_at
         FROM graphile_worker._private_jobs, generate_series(1, $1) i`,
        [count],
      );
      await pool.query("DELETE FROM graphile_worker._private_jobs WHERE payload ->> 'txn_id' = 'template'");
      await pool.query("VACUUM ANALYZE");
      await pool.query("CHECKPOINT");
      return async () => {
        const { check, done } = countdown(count);
        const failingCheck = async () => {
          check();
          throw new Error("undecided");
        };
        const worker = {
          localQueue: { size: batchSize },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          concurrentJobs: 100,
        };
        const runner = await run({
          pgPool: pool,
          logger,
          noHandleSignals: true,
          taskList: { check: failingCheck },
          preset: { worker },
        });
        await done;
        await runner.stop();
        await utils.release();
        await pool.end();
      };
    },
    async close() {},
  };
}

/** Opens BullMQ on a Redis that writes each command to disk before it answers; undefined without a redis-server. */
async function openBullmq(): Promise<Peer | undefined> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "codegames-redis-"));
  const path = join(folder, "socket");
  const durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
  const args = ["--port", "0", "--unixsocket", path, "--dir", folder, ...durable];
  const redis = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(redis, "exit");
  for await (const line of createInterface({ input: redis.stdout })) {
    if (/ready to accept/i.test(line)) break;
  }
  const connection = new Redis({ path, maxRetriesPerRequest: null });
  const queue = new Queue("checks", { connection });
  return {
    name: "BullMQ, Redis with appendfsync always",
    bar: 1,
    async fill(count) {
      await connection.flushall();
      for (let from = 0; from < count; from += 5000) {
        const opts = { attempts: 1_000_000, backoff: { type: "fixed", delay: 120_000 } };
        await queue.addBulk(
          Array.from({ length: Math.min(5000, count - from) }, (_, index) => ({
            name: "check",
            data: { txn_id: `T-${from + index}` },
            opts,
          })),
        );
      }
      return async () => {
        const { check, done } = countdown(count);
        const failingCheck = async () => {
          check();
          throw new Error("undecided");
        };
        const worker = new Worker("checks", failingCheck, { connection, concurrency: 500 });
        worker.on("error", (error) => console.error(error));
        await done;
        await worker.close();
      };
    },
    async close() {
      await queue.close();
      connection.disconnect();
      redis.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
