import { PGlite } from "@electric-sql/pglite";
import { PgBoss, TestClock } from "pg-boss";
import type { Clock } from "../clock.ts";
import { cacheQueues, makeQueues } from "../operations/jobs.ts";
import type { Settlement } from "../operations/settlement.ts";
import { type Policy, readPolicy } from "../policy.ts";
import { RetryQueue } from "../retry-queue.ts";
import type { Storage } from "../storage/database.ts";
import type { BossDb, Db } from "../storage/db.ts";
import { migrate } from "../storage/migrate.ts";
import { dbOf } from "../storage/pglite.ts";
import { runInTransaction } from "../storage/transaction.ts";
import { CrashingProcess } from "./crashing-process.ts";
import { judge, type SinkRow } from "./judge.ts";
import { Random } from "./random.ts";
import { SimClock } from "./sim-clock.ts";
import { payPlans, SimHub } from "./sim-hub.ts";

/** A database in memory, which the runs use one after the other. */
export interface SimDatabase {
  db: BossDb;
  testClock: TestClock;
}

export interface Run {
  seed: number;
  violations: string[];
  /** The awaits at which a process crashed. */
  crashes: string[];
  operations: number;
  awaits: number;
}

const name = "hub";

export async function openSimDatabase(): Promise<SimDatabase> {
  const db = dbOf(await PGlite.create());
  const testClock = new TestClock(Date.UTC(2026, 0, 1));
  const storage = await storageOn(db, testClock, true);
  await migrate(storage, true);
  await makeQueues({ storage, policy: readPolicy(), name });
  await db.executeSql(
    `CREATE TABLE sink (
      txn_id text, operation_id text, outcome text, has_product boolean, key_missing boolean, at_ms float8
    )`,
  );
  return { db, testClock };
}

async function storageOn(db: BossDb, clock: Clock, migrate = false): Promise<Storage> {
  const boss = new PgBoss({
    db,
    backend: "pglite",
    schema: "codegames",
    schedule: false,
    supervise: false,
    registerInstance: false,
    migrate,
    clock,
  });
  boss.on("error", () => {});
  return {
    boss: await boss.start(),
    schema: "codegames",
    isExclusive: false,
    db,
    transaction: (work) => runInTransaction(db, work),
    close: async () => {},
  };
}

/** Runs one seed: it decides the network, the provider, the database, and where processes crash. */
export async function simulate(
  { db, testClock }: SimDatabase,
  seed: number,
  trace: (line: string) => void = () => {},
): Promise<Run> {
  const random = new Random(seed);
  const clock = new SimClock(testClock.now() + 1000);
  const policy: Policy = readPolicy({
    attempts: random.integer(4, 10),
    periodSeconds: 60,
    jitter: random.pick([0, 0.1]),
    notFoundAnswers: random.integer(1, 3),
    payTimeoutSeconds: 30,
    pollSeconds: 60,
    callsPerSecond: random.pick([0.05, 1, 100]),
    pauseAfterFailures: random.pick([1, 3, 20]),
    rampSeconds: random.pick([0, 10]),
  });
  const startMs = clock.now();
  const traceNow = (line: string) => trace(`${clock.now() - startMs} ${line}`);
  const outageFromMs = startMs + random.integer(0, 400_000);
  const hub = new SimHub({
    clock,
    random,
    trace: traceNow,
    payTimeoutMs: 30_000,
    failureRate: random.pick([0, 0.1, 0.3]),
    outage: random.chance(0.3)
      ? { fromMs: outageFromMs, toMs: outageFromMs + random.integer(1000, 300_000) }
      : { fromMs: 0, toMs: 0 },
  });
  const databaseFailureRate = random.pick([0, 0, 0.01]);
  const settlementFailureRate = random.pick([0, 0, 0.2]);
  const crashes: string[] = [];

  const startProcess = (crashAt: number): CrashingProcess => {
    const process: CrashingProcess = new CrashingProcess({
      clock,
      random,
      crashAt,
      failureRate: databaseFailureRate,
      onCrash: () => {
        crashes.push(process.crashedAt as string);
        traceNow(`a process crashes ${process.crashedAt}`);
      },
    });
    processes.push(process);
    return process;
  };
  const onSettled = async (settlement: Settlement, tx: Db) => {
    const { txn_id: txnId, operationId, outcome, product, isKeyMissing } = settlement;
    traceNow(`onSettled ${txnId}: ${outcome}`);
    if (random.chance(settlementFailureRate)) throw new Error("onSettled fails (simulated)");
    const values = [txnId, operationId, outcome, product !== undefined, isKeyMissing, clock.now()];
    await tx.executeSql("INSERT INTO sink VALUES ($1, $2, $3, $4, $5, $6)", values);
  };
  const openQueue = async (process: CrashingProcess): Promise<RetryQueue> => {
    const processClock = clock.forProcess(() => process.isAlive);
    const storage = await storageOn(process.wrap(db), processClock);
    const parts = { storage, name, policy, clock: processClock, random: random.next, onSettled };
    const queue = new RetryQueue(hub.client(process.passCrashPoint), parts);
    queue.on("database-failed", (error) => traceNow(String(error)));
    await cacheQueues({ storage, name });
    await queue.start();
    return queue;
  };

  const processes: CrashingProcess[] = [];
  const errors: string[] = [];
  const acknowledged = new Map<string, string>();
  await testClock.setTime(clock.now());
  const txnIds = Array.from({ length: random.integer(1, 3) }, (_, index) => `${seed}-${index}`);
  for (const txnId of txnIds) hub.plan(txnId, random.pick(payPlans), policy.notFoundAnswers);

  /** The merchant's application: opens a queue, pays until each pay is acknowledged, and restarts after a crash. */
  const runApplication = async (own: readonly string[], lives: number): Promise<void> => {
    for (let life = 1; life <= lives; life++) {
      const process = startProcess(life === lives ? Number.POSITIVE_INFINITY : random.integer(1, 120));
      const work = async () => {
        const queue = await untilDone(clock, () => openQueue(process));
        for (const txnId of own) {
          if (acknowledged.has(txnId)) continue;
          const pay = () => queue.pay({ txn_id: txnId, product_id: 7n, price: 100 });
          let { state } = await untilDone(clock, pay);
          if (state === "not-sent" && random.chance(0.7)) {
            // Pays again, often at the moment at which the operation is closed.
            await clock.sleep(random.pick([1000, 60_000, 120_000]));
            ({ state } = await untilDone(clock, pay));
          }
          acknowledged.set(txnId, state);
          traceNow(`pay() of ${txnId} returns ${state}`);
          await clock.sleep(random.integer(0, 60_000));
        }
      };
      void work().catch((error) => errors.push(String(error)));
      await process.crash;
      await clock.sleep(random.integer(1000, 100_000));
    }
  };
  void runApplication(txnIds, random.integer(1, 4));
  // A second process at the same time, which only asks, or pays the same.
  if (random.chance(0.25)) void runApplication(random.chance(0.5) ? txnIds : [], random.integer(1, 2));

  const endMs = startMs + 8 * 3600_000;
  const setTime = (ms: number) => testClock.setTime(ms);
  const isOpen = async () => {
    const { rows } = await db.executeSql(
      `SELECT count(*)::int AS open FROM codegames.operation WHERE queue = $1 AND state IN ('pending', 'not-sent')`,
      [name],
    );
    return rows[0].open > 0 || acknowledged.size < txnIds.length;
  };
  await clock.settle();
  for (let nextLookMs = 0; clock.now() < endMs;) {
    if (!(await clock.advance(endMs, setTime))) break;
    if (clock.now() < nextLookMs) continue;
    nextLookMs = clock.now() + 60_000;
    if (!(await isOpen())) break;
  }
  // Ends the processes, which changes nothing any more.
  const awaits = processes.reduce((sum, { crashPoints }) => sum + crashPoints, 0);
  for (const process of processes) process.isAlive = false;
  await clock.settle();
  const { rows: operations } = await db.executeSql("SELECT txn_id, state, settlement FROM codegames.operation");
  const { rows: sink } = await db.executeSql("SELECT * FROM sink");
  const lostAttempts = crashes.length + processes.reduce((sum, { failures }) => sum + failures, 0);
  const violations = [
    ...errors,
    ...judge({
      hub,
      policy,
      txnIds,
      acknowledged,
      operations,
      sink: sink as SinkRow[],
      crashes: crashes.length,
      lostAttempts,
    }),
  ];
  const tables = ["operation", "operation_event", "operation_pace", "job"].map((table) => `codegames.${table}`);
  await db.executeSql([...tables, "sink"].map((table) => `DELETE FROM ${table}`).join("; "));
  await testClock.setTime(clock.now());
  return { seed, violations, crashes, operations: txnIds.length, awaits };
}

/** Repeats the work while the database fails, as an application does. */
async function untilDone<T>(clock: SimClock, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await clock.sleep(1000);
    }
  }
}
