import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setInterval, setTimeout } from "node:timers/promises";
import { openRetryQueue, type Policy } from "@codegames/retry-queue";
import { Crew } from "./crew.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { historyOf, judge, type Logs, type Violation } from "./judge.ts";
import { planOrders } from "./orders.ts";
import { randomOf } from "./random.ts";
import { startSandboxProcess } from "./sandbox-process.ts";
import { hashOf } from "./sink.ts";
import { openFolder, openPostgres, type Store } from "./store.ts";

export interface Plan {
  on: "postgres" | "folder";
  operations: number;
  workers: number;
  /** `kill -9` of a worker. */
  kills: number;
  /** Immediate restarts of PostgreSQL. */
  restarts: number;
  /** Times in which the hub refuses connections. */
  outages: number;
  /** Calls of `/status` for one operation. A killed worker's claim is an attempt too, so that it must be more than the answers needed. */
  attempts: number;
  seed: number;
  /** Whether the claims of killed workers, which lapse after a minute, are made to lapse at once when all kills are over. */
  hastens: boolean;
  print(line: string): void;
}

export interface Verdict {
  /** What was counted, by name. */
  figures: Record<string, number>;
  violations: Violation[];
  /** Of the first operations that violate something. */
  histories: Record<string, string[]>;
  /** What must not happen in a worker, or with the run as such. */
  wrongs: string[];
}

/** Of the calls, beside those whose product asks for a fault. */
const faultShare = 0.2;
const drainMs = 300_000;
const fastPolicy = {
  periodSeconds: 1, notFoundAnswers: 3, payTimeoutSeconds: 2, pollSeconds: 0.1, callsPerSecond: 100_000,
  maxPauseSeconds: 2,
} satisfies Partial<Policy>;

/** Lets operations pass through a hub that fails, in workers that are killed, on a database that crashes; and compares what each party has seen. */
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
    const crew = new Crew({ database: store.database, hubUrl: proxy.url, acceptedFile, policy }, randomOf(plan.seed + 2));
    closing.push(() => crew.abandon());

    const { silent, repeats, restarts, notDrained } = await storm(plan, crew, proxy, store);
    const { logs, trails } = await collect(store, `${sandbox.adminUrl}/ledger`, acceptedFile, proxy);
    const violations = judge(logs, policy, hashOf);
    const histories: Verdict["histories"] = {};
    for (const txnId of new Set(violations.slice(0, 5).map(({ txn_id }) => txn_id))) histories[txnId] = historyOf(txnId, logs, await trails(txnId));
    return { figures: { ...figuresOf(logs), silent, repeats, kills: crew.kills, restarts }, violations, histories, wrongs: [...crew.wrongs, ...notDrained] };
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** The run itself, until nothing is open any more. */
async function storm(plan: Plan, crew: Crew, proxy: FaultProxy, store: Store) {
  const random = randomOf(plan.seed);
  const { orders, silent, repeats } = planOrders(plan.operations, random);
  let restarts = 0;
  const progress = new AbortController();
  const reporting = report(plan, crew, () => restarts, progress.signal);
  crew.start(plan.workers);
  crew.give(orders);
  // Spread over the run by what was done so far, so that there are exactly so many, however fast the machine is.
  const spread = async (count: number, strike: () => Promise<void>) => {
    for (let index = 0; index < count; index++) {
      await crew.untilPaid(Math.floor(((index + 0.5) * plan.operations) / count));
      await setTimeout(random() * 100);
      await strike();
    }
  };
  await Promise.all([
    crew.untilPaid(plan.operations),
    spread(plan.kills, () => crew.kill()),
    spread(plan.outages, () => proxy.outage(100 + random() * 400)),
    spread(plan.restarts, async () => {
      crew.databaseAwayUntil = Number.POSITIVE_INFINITY;
      await store.restart?.();
      restarts++;
      // A worker may have met the old server, and tell of it later.
      crew.databaseAwayUntil = Date.now() + 5000;
    }),
  ]);
  await crew.untilIdle();
  plan.print(`all ${plan.operations} operations accepted; now until none is open`);
  if (plan.hastens) {
    await crew.stop();
    await store.query("UPDATE codegames.job SET expire_seconds = 1 WHERE state = 'active'");
    crew.start(plan.workers);
  }
  const until = Date.now() + drainMs;
  let pending: number | undefined;
  while ((pending = await crew.pending()) !== 0 && Date.now() < until) await setTimeout(500);
  await crew.stop();
  progress.abort();
  await reporting;
  return { silent, repeats, restarts, notDrained: pending === 0 ? [] : [`after ${drainMs / 1000} s ${pending} operations are open still`] };
}

async function report(plan: Plan, crew: Crew, restarts: () => number, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const tell = () => plan.print(
    `${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s  ${crew.paid.size} of ${plan.operations} operations, ${crew.settled.size} settled, ${crew.kills} kills, ${restarts()} restarts`,
  );
  try {
    for await (const _ of setInterval(5000, undefined, { signal })) tell();
  } catch {
    tell();
  }
}

/** Reads the logs, once no worker is left. */
async function collect(store: Store, ledgerUrl: string, acceptedFile: string, proxy: FaultProxy) {
  const unused = async () => {
    throw new Error("Nothing is asked here");
  };
  const queue = await openRetryQueue({ client: { pay: unused, status: unused }, onSettled: unused, database: store.database });
  const everything = 10_000_000;
  const operations = await queue.list(["pending", "not-sent", "succeeded", "rejected", "cancelled", "unresolved", "resolved"], everything);
  const listed = (await queue.unresolved(everything)).filter(({ attention }) => attention === "unresolved").map(({ txn_id }) => txn_id);
  await queue.stop();
  const logs: Logs = {
    accepted: readFileSync(acceptedFile, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)),
    calls: proxy.calls,
    ledger: (await (await fetch(ledgerUrl)).json()) as Logs["ledger"],
    sink: await store.query("SELECT * FROM sink ORDER BY at"),
    operations, listed,
  };
  const trails = async (txnId: string) => {
    const again = await openRetryQueue({ client: { pay: unused, status: unused }, onSettled: unused, database: store.database });
    const operation = await again.get(txnId);
    const events = operation ? (await again.trail(operation)).events : [];
    await again.stop();
    return events;
  };
  return { logs, trails };
}

function figuresOf({ accepted, calls, ledger, sink, operations }: Logs): Record<string, number> {
  const countOf = <T>(entries: readonly T[], is: (entry: T) => boolean) => entries.filter(is).length;
  return {
    operations: operations.length,
    acknowledged: new Set(accepted.map(({ txn_id }) => txn_id)).size,
    pays: countOf(calls, ({ operation }) => operation === "pay"),
    checks: countOf(calls, ({ operation }) => operation === "status"),
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
