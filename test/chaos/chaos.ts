import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setInterval, setTimeout } from "node:timers/promises";
import { openRetryQueue, type Policy } from "@codegames/retry-queue";
import { FaultProxy } from "./fault-proxy.ts";
import { historyOf, judge, type Logs, type SinkRow, type Violation } from "./judge.ts";
import { planOrders } from "./orders.ts";
import { randomOf } from "./random.ts";
import { startSandboxProcess } from "./sandbox-process.ts";
import { hashOf } from "./sink.ts";
import { openFolder, openPostgres, type Store } from "./store.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface Plan {
  on: "postgres" | "folder";
  operations: number;
  workers: number;
  /** How often a worker is killed with `kill -9`. */
  kills: number;
  /** How often PostgreSQL is restarted immediately. */
  restarts: number;
  /** How often the hub refuses connections for a time. */
  outages: number;
  /**
   * Status calls for one operation. A lease of a killed worker uses up an attempt too, so this must exceed the number
   * of answers that an operation needs.
   */
  attempts: number;
  seed: number;
  /** Whether the leases of killed workers, which last a minute, expire at once after the last kill. */
  skipsLeaseWait: boolean;
  print(line: string): void;
}

export interface Verdict {
  /** Counts by name. */
  figures: Record<string, number>;
  violations: Violation[];
  /** Histories of the first operations that break a rule. */
  histories: Record<string, string[]>;
  /** Failures of workers or of the run itself. */
  errors: string[];
}

/** Share of the calls that fail, besides those of products that cause a fault. */
const faultShare = 0.2;
const drainMs = 300_000;
const fastPolicy = {
  periodSeconds: 1,
  notFoundAnswers: 3,
  payTimeoutSeconds: 2,
  pollSeconds: 0.1,
  callsPerSecond: 100_000,
  maxPauseSeconds: 2,
} satisfies Partial<Policy>;

/**
 * Runs operations against a hub that fails, in workers that are killed, on a database that crashes, and compares the
 * logs of all parties.
 */
export async function runChaos(plan: Plan): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "codegames-chaos-"));
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const policy = { ...fastPolicy, attempts: plan.attempts };
  try {
    const store = plan.on === "postgres" ? await openPostgres() : openFolder(join(folder, "queue"));
    closing.push(() => store.close());
    const sandbox = await startSandboxProcess(join(folder, "shop.db"));
    closing.push(() => sandbox.stop());
    const proxy = new FaultProxy(sandbox.url, faultShare, randomOf(plan.seed + 1));
    await proxy.listen();
    closing.push(() => proxy.close());
    const acceptedFile = join(folder, "accepted.jsonl");
    const options = { database: store.database, hubUrl: proxy.url, acceptedFile, policy };
    const pool = new WorkerPool(options, randomOf(plan.seed + 2));
    closing.push(() => pool.killAll());

    const { silent, repeats, restarts, notDrained } = await runUntilDrained(plan, pool, proxy, store);
    const { logs, readTrail } = await collect(store, `${sandbox.adminUrl}/ledger`, acceptedFile, proxy);
    const violations = judge(logs, policy, hashOf);
    const histories: Verdict["histories"] = {};
    for (const txnId of new Set(violations.slice(0, 5).map(({ txn_id }) => txn_id))) {
      histories[txnId] = historyOf(txnId, logs, await readTrail(txnId));
    }
    const figures = { ...figuresOf(logs), silent, repeats, kills: pool.kills, restarts };
    return { figures, violations, histories, errors: [...pool.errors, ...notDrained] };
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** Pays all orders under faults, then waits until no operation is open. */
async function runUntilDrained(plan: Plan, pool: WorkerPool, proxy: FaultProxy, store: Store) {
  const random = randomOf(plan.seed);
  const { orders, silent, repeats } = planOrders(plan.operations, random);
  let restarts = 0;
  const progress = new AbortController();
  const reporting = reportProgress(plan, pool, () => restarts, progress.signal);
  pool.start(plan.workers);
  pool.submit(orders);
  // Faults follow the progress and not the clock, so that a fast machine gets as many as a slow one.
  const spread = async (count: number, causeFault: () => Promise<void>) => {
    for (let index = 0; index < count; index++) {
      await pool.untilPaid(Math.floor(((index + 0.5) * plan.operations) / count));
      await setTimeout(random() * 100);
      await causeFault();
    }
  };
  await Promise.all([
    pool.untilPaid(plan.operations),
    spread(plan.kills, () => pool.kill()),
    spread(plan.outages, () => proxy.outage(100 + random() * 400)),
    spread(plan.restarts, async () => {
      pool.databaseAwayUntilMs = Number.POSITIVE_INFINITY;
      await store.restart?.();
      restarts++;
      // A worker that met the old server may report it later.
      pool.databaseAwayUntilMs = Date.now() + 5000;
    }),
  ]);
  await pool.untilIdle();
  plan.print(`all ${plan.operations} operations accepted; now until none is open`);
  if (plan.skipsLeaseWait) {
    await pool.stop();
    await store.query("UPDATE codegames.job SET expire_seconds = 1 WHERE state = 'active'");
    pool.start(plan.workers);
  }
  const pending = await drain(pool);
  await pool.stop();
  progress.abort();
  await reporting;
  const notDrained = pending === 0 ? [] : [`after ${drainMs / 1000} s ${pending} operations are still open`];
  return { silent, repeats, restarts, notDrained };
}

/** Waits until no operation is open, for 5 minutes at most. Returns how many are. */
async function drain(pool: WorkerPool): Promise<number | undefined> {
  const untilMs = Date.now() + drainMs;
  for (;;) {
    const pending = await pool.countPending();
    if (pending === 0 || Date.now() >= untilMs) return pending;
    await setTimeout(500);
  }
}

async function reportProgress(
  plan: Plan,
  pool: WorkerPool,
  restarts: () => number,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = Date.now();
  const report = () => {
    const seconds = String(Math.round((Date.now() - startedAt) / 1000)).padStart(4);
    const done = `${pool.paid.size} of ${plan.operations} operations, ${pool.settled.size} settled`;
    plan.print(`${seconds} s  ${done}, ${pool.kills} kills, ${restarts()} restarts`);
  };
  const ticks = setInterval(5000, undefined, { signal })[Symbol.asyncIterator]();
  try {
    while (!(await ticks.next()).done) report();
  } catch {
    report();
  }
}

/** Reads the logs after all workers have ended. */
async function collect(store: Store, ledgerUrl: string, acceptedFile: string, proxy: FaultProxy) {
  const unused = async () => {
    throw new Error("The collector neither calls the hub nor settles");
  };
  const open = () =>
    openRetryQueue({ client: { pay: unused, status: unused }, onSettled: unused, database: store.database });
  const queue = await open();
  const noLimit = 10_000_000;
  const operations = await queue.list(
    ["pending", "not-sent", "succeeded", "rejected", "cancelled", "unresolved", "resolved"],
    noLimit,
  );
  const waiting = await queue.unresolved(noLimit);
  await queue.stop();
  const logs: Logs = {
    accepted: readFileSync(acceptedFile, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
    calls: proxy.calls,
    ledger: (await (await fetch(ledgerUrl)).json()) as Logs["ledger"],
    sink: await store.query<SinkRow>("SELECT * FROM sink ORDER BY at"),
    operations,
    listed: waiting.filter(({ attention }) => attention === "unresolved").map(({ txn_id }) => txn_id),
  };
  const readTrail = async (txnId: string) => {
    const again = await open();
    const operation = await again.get(txnId);
    const events = operation ? (await again.trail(operation)).events : [];
    await again.stop();
    return events;
  };
  return { logs, readTrail };
}

function figuresOf({ accepted, calls, ledger, sink, operations }: Logs): Record<string, number> {
  const countOf = <T>(entries: readonly T[], is: (entry: T) => boolean) => entries.filter(is).length;
  return {
    operations: operations.length,
    acknowledged: new Set(accepted.map(({ txn_id }) => txn_id)).size,
    pays: countOf(calls, ({ endpoint }) => endpoint === "pay"),
    checks: countOf(calls, ({ endpoint }) => endpoint === "status"),
    faults: countOf(calls, ({ fault }) => fault !== undefined),
    sold: ledger.length,
    settled: sink.length,
    succeeded: countOf(sink, ({ outcome }) => outcome === "succeeded"),
    rejected: countOf(sink, ({ outcome }) => outcome === "rejected"),
    cancelled: countOf(sink, ({ outcome }) => outcome === "cancelled"),
    settledByStatus: countOf(sink, ({ by }) => by === "status"),
    notSent: countOf(sink, ({ by }) => by === "not-sent"),
    unresolved: countOf(operations, ({ state }) => state === "unresolved"),
    conflicts: countOf(operations, ({ attention }) => attention === "conflict"),
  };
}
