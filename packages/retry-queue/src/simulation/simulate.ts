import { PGlite } from "@electric-sql/pglite";
import { PgBoss, TestClock } from "pg-boss";
import { type Storage, within } from "../database.ts";
import type { BossDb, Db } from "../db.ts";
import { dbOf } from "../embedded.ts";
import { cacheQueues, makeQueues } from "../job.ts";
import type { Clock } from "../clock.ts";
import { type Policy, readPolicy } from "../options.ts";
import { RetryQueue } from "../retry-queue.ts";
import type { Settlement } from "../settlement.ts";
import { makeTables } from "../tables.ts";
import { judge, type SinkRow } from "./judge.ts";
import { SimProcess } from "./sim-process.ts";
import { Random } from "./random.ts";
import { SimClock } from "./sim-clock.ts";
import { payPlans, SimHub } from "./sim-hub.ts";

/** A database in memory that many runs use, one after the other, each under a queue name of its own. */
export interface World {
  db: BossDb;
  testClock: TestClock;
}

export interface Run {
  seed: number;
  violations: string[];
  /** The awaits at which a process died. */
  crashes: string[];
  operations: number;
  awaits: number;
}

export async function openWorld(): Promise<World> {
  const db = dbOf(await PGlite.create());
  const testClock = new TestClock(Date.UTC(2026, 0, 1));
  const boss = await bossOn(db, testClock, true);
  const storage: Storage = { boss, schema: "codegames", isExclusive: false, db, transaction: (work) => within(db, work), close: async () => {} };
  await makeTables(storage, true);
  await makeQueues({ storage, policy: readPolicy(), name: "hub" });
  await db.executeSql("CREATE TABLE sink (txn_id text, operation_id text, outcome text, has_product boolean, key_missing boolean, at_ms float8)");
  return { db, testClock };
}

async function bossOn(db: BossDb, clock: Clock, migrate = false): Promise<PgBoss> {
  const boss = new PgBoss({ db, backend: "pglite", schema: "codegames", schedule: false, supervise: false, registerInstance: false, migrate, clock });
  boss.on("error", () => {});
  return boss.start();
}

/** Runs one seed: chance decides what happens on the network, at the provider, in the database, and where processes die. */
export async function simulate({ db, testClock }: World, seed: number, trace: (line: string) => void = () => {}): Promise<Run> {
  const random = new Random(seed);
  const clock = new SimClock(testClock.now() + 1000);
  const name = "hub";
  const policy: Policy = readPolicy({
    attempts: random.integer(4, 10), periodSeconds: 60, jitter: random.pick([0, 0.1]), notFoundAnswers: random.integer(1, 3), payTimeoutSeconds: 30,
    pollSeconds: 60, callsPerSecond: random.pick([0.05, 1, 100]), pauseAfterFailures: random.pick([1, 3, 20]), rampSeconds: random.pick([0, 10]),
  });
  const startMs = clock.now();
  const outageFrom = startMs + random.integer(0, 400_000);
  const hub = new SimHub({
    clock, random, trace: (line) => trace(`${clock.now() - startMs} ${line}`), payTimeoutMs: 30_000, failureRate: random.pick([0, 0.1, 0.3]),
    outage: random.chance(0.3) ? { fromMs: outageFrom, toMs: outageFrom + random.integer(1000, 300_000) } : { fromMs: 0, toMs: 0 },
  });
  const databaseFailureRate = random.pick([0, 0, 0.01]);
  const settlementFailureRate = random.pick([0, 0, 0.2]);
  const crashes: string[] = [];
  let awaits = 0;

  const begin = (crashAt: number): SimProcess => {
    const process: SimProcess = new SimProcess({
      clock, random, crashAt, failureRate: databaseFailureRate,
      onCrash: () => {
        crashes.push(process.crashedAt as string);
        trace(`${clock.now() - startMs} a process dies ${process.crashedAt}`);
      },
    });
    processes.push(process);
    return process;
  };
  const onSettled = async (settlement: Settlement, tx: Db) => {
    trace(`${clock.now() - startMs} onSettled ${settlement.txn_id}: ${settlement.outcome}`);
    if (random.chance(settlementFailureRate)) throw new Error("the books are closed (simulated)");
    await tx.executeSql("INSERT INTO sink VALUES ($1, $2, $3, $4, $5, $6)", [settlement.txn_id, settlement.operationId, settlement.outcome, settlement.product !== undefined, settlement.isKeyMissing, clock.now()]);
  };
  const open = async (process: SimProcess): Promise<RetryQueue> => {
    const wrapped = process.wrap(db);
    const processClock = clock.forProcess(() => process.isAlive);
    const storage: Storage = { boss: await bossOn(wrapped, processClock), schema: "codegames", isExclusive: false, db: wrapped, transaction: (work) => within(wrapped, work), close: async () => {} };
    const queue = new RetryQueue(hub.client(process.step), { storage, name, policy, clock: processClock, random: random.next, onSettled });
    queue.on("database-failed", (error) => trace(`${clock.now() - startMs} ${String(error)}`));
    await cacheQueues({ storage, name });
    await queue.start();
    return queue;
  };

  const processes: SimProcess[] = [];
  const errors: string[] = [];
  const acknowledged = new Map<string, string>();
  await testClock.setTime(clock.now());
  const txnIds = Array.from({ length: random.integer(1, 3) }, (_, index) => `${seed}-${index}`);
  for (const txnId of txnIds) hub.plan(txnId, random.pick(payPlans), policy.notFoundAnswers);

  /** The application: starts a queue, pays, pays again what it got no answer for, and begins anew when it dies. */
  const application = async (own: readonly string[], lives: number): Promise<void> => {
    for (let life = 1; life <= lives; life++) {
      const process = begin(life === lives ? Number.POSITIVE_INFINITY : random.integer(1, 120));
      const work = async () => {
        const queue = await untilDone(clock, () => open(process));
        for (const txn_id of own) {
          if (acknowledged.has(txn_id)) continue;
          let { state } = await untilDone(clock, () => queue.pay({ txn_id, product_id: 7n, price: 100 }));
          if (state === "not-sent" && random.chance(0.7)) {
            // Again, often at the moment at which it is closed.
            await clock.sleep(random.pick([1000, 60_000, 120_000]));
            ({ state } = await untilDone(clock, () => queue.pay({ txn_id, product_id: 7n, price: 100 })));
          }
          acknowledged.set(txn_id, state);
          trace(`${clock.now() - startMs} pay() of ${txn_id} gives ${state}`);
          await clock.sleep(random.integer(0, 60_000));
        }
      };
      void work().catch((error) => errors.push(String(error)));
      await process.crashed;
      await clock.sleep(random.integer(1000, 100_000));
    }
  };
  void application(txnIds, random.integer(1, 4));
  // Another process beside it, that only asks, or pays the same at the same time.
  if (random.chance(0.25)) void application(random.chance(0.5) ? txnIds : [], random.integer(1, 2));

  const endMs = startMs + 8 * 3600_000;
  const setTime = (ms: number) => testClock.setTime(ms);
  const isOpen = async () => {
    const { rows } = await db.executeSql("SELECT count(*)::int AS open FROM codegames.operation WHERE queue = $1 AND state IN ('pending', 'not-sent')", [name]);
    return rows[0].open > 0 || acknowledged.size < txnIds.length;
  };
  await clock.settle();
  for (let steps = 0, nextLookMs = 0; clock.now() < endMs; steps++) {
    if (!(await clock.advance(endMs, setTime))) break;
    if (clock.now() < nextLookMs) continue;
    nextLookMs = clock.now() + 60_000;
    if (!(await isOpen())) break;
  }
  // Whoever dies now changes nothing.
  for (const process of processes) awaits += process.steps;
  for (const process of processes) process.isAlive = false;
  await clock.settle();
  const { rows: operations } = await db.executeSql("SELECT txn_id, state, settlement FROM codegames.operation");
  const { rows: sinkRows } = await db.executeSql("SELECT * FROM sink");
  const lapses = crashes.length + processes.reduce((sum, { failures }) => sum + failures, 0);
  const violations = [...errors, ...judge({ hub, policy, txnIds, acknowledged, operations, sinkRows: sinkRows as SinkRow[], crashes: crashes.length, lapses })];
  await db.executeSql("DELETE FROM codegames.operation; DELETE FROM codegames.operation_event; DELETE FROM codegames.operation_pace; DELETE FROM codegames.job; DELETE FROM sink");
  await testClock.setTime(clock.now());
  return { seed, violations, crashes, operations: txnIds.length, awaits };
}

/** An application tries again when the database fails. */
async function untilDone<T>(clock: SimClock, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await clock.sleep(1000);
    }
  }
}
