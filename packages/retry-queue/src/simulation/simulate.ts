import { cacheQueues } from "../operations/jobs.ts";
import type { OnSettled } from "../operations/settlement.ts";
import { type Policy, readPolicy } from "../policy.ts";
import { RetryQueue } from "../retry-queue.ts";
import { CrashingProcess } from "./crashing-process.ts";
import { judge, type SinkRow } from "./judge.ts";
import { Random } from "./random.ts";
import { SimClock } from "./sim-clock.ts";
import { emptyTables, name, type SimDatabase, storageOn } from "./sim-database.ts";
import { payPlans, SimHub } from "./sim-hub.ts";

export interface Run {
  seed: number;
  violations: string[];
  /** The awaits at which a process crashed. */
  crashes: string[];
  operations: number;
  awaits: number;
}

type Trace = (line: string) => void;

/** Runs one seed: it decides the network, the provider, the database, and where processes crash. */
export async function simulate(database: SimDatabase, seed: number, trace: Trace = () => {}): Promise<Run> {
  const run = new SimulatedRun(database, seed, trace);
  await run.play();
  return run.end();
}

class SimulatedRun {
  readonly #database: SimDatabase;
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock: SimClock;
  readonly #startMs: number;
  readonly #trace: Trace;
  readonly #policy: Policy;
  /** Whether the merchant pays for everything at once, and the hub decides everything at once. */
  readonly #isRush: boolean;
  readonly #hub: SimHub;
  /** How often a database call and a settlement fail. */
  readonly #failureRates: { readonly database: number; readonly settlement: number };
  readonly #crashes: string[] = [];
  readonly #processes: CrashingProcess[] = [];
  readonly #errors: string[] = [];
  /** The state that `pay()` returned to the application, by `txn_id`. */
  readonly #acknowledged = new Map<string, string>();
  #txnIds: string[] = [];

  constructor(database: SimDatabase, seed: number, trace: Trace) {
    this.#database = database;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#clock = new SimClock(database.testClock.now() + 1000);
    this.#startMs = this.#clock.now();
    this.#trace = (line) => trace(`${this.#clock.now() - this.#startMs} ${line}`);
    this.#policy = drawPolicy(this.#random);
    this.#isRush = this.#random.chance(0.15);
    this.#hub = this.#drawHub();
    this.#failureRates = {
      database: this.#random.pick([0, 0, 0.01]),
      settlement: this.#random.pick([0, 0, 0.2]),
    };
  }

  #drawHub(): SimHub {
    const random = this.#random;
    const outageFromMs = this.#startMs + random.integer(0, 400_000);
    return new SimHub({
      clock: this.#clock,
      random,
      trace: this.#trace,
      payTimeoutMs: 30_000,
      isInStep: this.#isRush,
      failureRate: random.pick([0, 0.1, 0.3]),
      outage: random.chance(0.3)
        ? { fromMs: outageFromMs, toMs: outageFromMs + random.integer(1000, 300_000) }
        : { fromMs: 0, toMs: 0 },
    });
  }

  /** Runs the processes until every operation is settled and acknowledged, at most for 8 hours. */
  async play(): Promise<void> {
    const { testClock } = this.#database;
    const random = this.#random;
    await testClock.setTime(this.#clock.now());
    const count = this.#isRush ? 6 : random.integer(1, 3);
    this.#txnIds = Array.from({ length: count }, (_, index) => `${this.#seed}-${index}`);
    for (const txnId of this.#txnIds) {
      const plan = random.pick(this.#isRush ? (["answered", "refused"] as const) : payPlans);
      this.#hub.plan(txnId, plan, this.#policy.notFoundAnswers);
    }
    void this.#runApplication(this.#txnIds, random.integer(1, 4));
    // A second process at the same time, which only asks, or pays the same.
    if (random.chance(0.25)) void this.#runApplication(random.chance(0.5) ? this.#txnIds : [], random.integer(1, 2));
    const endMs = this.#startMs + 8 * 3600_000;
    await this.#clock.settle();
    for (let nextLookMs = 0; this.#clock.now() < endMs;) {
      if (!(await this.#clock.advance(endMs, (ms) => testClock.setTime(ms)))) break;
      if (this.#clock.now() < nextLookMs) continue;
      nextLookMs = this.#clock.now() + 60_000;
      if (!(await this.#isOpen())) break;
    }
  }

  async #isOpen(): Promise<boolean> {
    const { rows } = await this.#database.db.executeSql(
      `SELECT count(*)::int AS open FROM codegames.operation WHERE queue = $1 AND state IN ('pending', 'not-sent')`,
      [name],
    );
    return rows[0].open > 0 || this.#acknowledged.size < this.#txnIds.length;
  }

  /** The merchant's application: opens a queue, pays until each pay is acknowledged, and restarts after a crash. */
  async #runApplication(own: readonly string[], lives: number): Promise<void> {
    for (let life = 1; life <= lives; life++) {
      const process = this.#startProcess(life === lives ? Number.POSITIVE_INFINITY : this.#random.integer(1, 120));
      void this.#payAll(own, process).catch((error) => this.#errors.push(String(error)));
      await process.crash;
      await this.#clock.sleep(this.#random.integer(1000, 100_000));
    }
  }

  #startProcess(crashAt: number): CrashingProcess {
    const process: CrashingProcess = new CrashingProcess({
      clock: this.#clock,
      random: this.#random,
      crashAt,
      failureRate: this.#failureRates.database,
      onCrash: () => {
        this.#crashes.push(process.crashedAt as string);
        this.#trace(`a process crashes ${process.crashedAt}`);
      },
    });
    this.#processes.push(process);
    return process;
  }

  async #payAll(own: readonly string[], process: CrashingProcess): Promise<void> {
    const queue = await untilDone(this.#clock, () => this.#openQueue(process));
    const open = own.filter((txnId) => !this.#acknowledged.has(txnId));
    if (this.#isRush || this.#random.chance(0.3)) await Promise.all(open.map((txnId) => this.#pay(queue, txnId)));
    else for (const txnId of open) await this.#pay(queue, txnId);
  }

  async #pay(queue: RetryQueue, txnId: string): Promise<void> {
    const clock = this.#clock;
    const random = this.#random;
    const pay = () => queue.pay({ txn_id: txnId, product_id: 7n, price: 100 });
    let { state } = await untilDone(clock, pay);
    if (state === "not-sent" && random.chance(0.7)) {
      // Pays again, often at the moment at which the operation is closed.
      await clock.sleep(random.pick([1000, 60_000, 120_000]));
      ({ state } = await untilDone(clock, pay));
    }
    this.#acknowledged.set(txnId, state);
    this.#trace(`pay() of ${txnId} returns ${state}`);
    await clock.sleep(random.integer(0, 60_000));
  }

  async #openQueue(process: CrashingProcess): Promise<RetryQueue> {
    const clock = this.#clock.forProcess(() => process.isAlive);
    const storage = await storageOn(process.wrap(this.#database.db), clock);
    const random = this.#random.next;
    const parts = { storage, name, policy: this.#policy, clock, random, onSettled: this.#onSettled };
    const queue = new RetryQueue(this.#hub.client(process.passCrashPoint), parts);
    queue.on("database-failed", (error) => this.#trace(String(error)));
    await cacheQueues({ storage, name });
    await queue.start();
    return queue;
  }

  readonly #onSettled: OnSettled = async ({ txn_id: txnId, operationId, outcome, product, isKeyMissing }, tx) => {
    this.#trace(`onSettled ${txnId}: ${outcome}`);
    if (this.#random.chance(this.#failureRates.settlement)) throw new Error("onSettled fails (simulated)");
    const values = [txnId, operationId, outcome, product !== undefined, isKeyMissing, this.#clock.now()];
    await tx.executeSql("INSERT INTO sink VALUES ($1, $2, $3, $4, $5, $6)", values);
  };

  /** Ends the processes, which changes nothing any more, and judges what they have left. */
  async end(): Promise<Run> {
    const { db, testClock } = this.#database;
    const awaits = this.#processes.reduce((sum, { crashPoints }) => sum + crashPoints, 0);
    for (const process of this.#processes) process.isAlive = false;
    await this.#clock.settle();
    const { rows: operations } = await db.executeSql("SELECT txn_id, state, settlement FROM codegames.operation");
    const { rows: sink } = await db.executeSql("SELECT * FROM sink");
    const crashes = this.#crashes;
    const violations = judge({
      hub: this.#hub,
      policy: this.#policy,
      txnIds: this.#txnIds,
      acknowledged: this.#acknowledged,
      operations,
      sink: sink as SinkRow[],
      crashes: crashes.length,
      lostAttempts: crashes.length + this.#processes.reduce((sum, { failures }) => sum + failures, 0),
    });
    await emptyTables(db);
    await testClock.setTime(this.#clock.now());
    const operationCount = this.#txnIds.length;
    const all = [...this.#errors, ...violations];
    return { seed: this.#seed, violations: all, crashes, operations: operationCount, awaits };
  }
}

function drawPolicy(random: Random): Policy {
  return readPolicy({
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
