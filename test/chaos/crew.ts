import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Order } from "./orders.ts";
import type { FromWorker, Setting, ToWorker } from "./worker.ts";

const main = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Orders that a worker has in its hands at once. */
const window = 12;
const stopMs = 60_000;

interface Worker {
  child: ChildProcess;
  isReady: boolean;
  isKilled: boolean;
  orders: Map<string, Order>;
  ended: Promise<unknown>;
}

/** Worker processes that share the orders. What a worker was given when it ended is given to another one. */
export class Crew extends EventEmitter<{ progress: [] }> {
  /** The orders that `pay()` has returned for, in some worker. */
  readonly paid = new Set<string>();
  readonly settled = new Set<string>();
  /** What must not happen in a worker. */
  readonly wrongs: string[] = [];
  kills = 0;
  /** Until this time a worker may fail to open the database, and is started again. */
  databaseAwayUntil = 0;
  readonly #setting: Setting;
  readonly #random: () => number;
  readonly #workers = new Set<Worker>();
  #todo: Order[] = [];
  #isEnding = false;

  constructor(setting: Setting, random: () => number) {
    super();
    this.setMaxListeners(0);
    this.#setting = setting;
    this.#random = random;
  }

  start(size: number): void {
    this.#isEnding = false;
    while (this.#workers.size < size) this.#hire();
  }

  give(orders: readonly Order[]): void {
    this.#todo.push(...orders);
    for (const worker of this.#workers) this.#fill(worker);
  }

  /** Resolves once `pay()` has returned for so many orders. */
  async untilPaid(count: number): Promise<void> {
    while (this.paid.size < count) await once(this, "progress");
  }

  /** Resolves once no order is in anybody's hands. */
  async untilIdle(): Promise<void> {
    while (this.#todo.length > 0 || [...this.#workers].some(({ orders }) => orders.size > 0)) await once(this, "progress");
  }

  /** `kill -9` of one of them, at whatever it is; another one takes its place. */
  async kill(): Promise<void> {
    const workers = [...this.#workers].filter(({ isKilled }) => !isKilled);
    const worker = workers[Math.floor(this.#random() * workers.length)];
    if (!worker) throw new Error("There is no worker to kill");
    worker.isKilled = true;
    worker.child.kill("SIGKILL");
    this.kills++;
    await worker.ended;
  }

  /** Asks a worker how many operations are open; undefined when it could not tell. */
  async pending(): Promise<number | undefined> {
    const worker = [...this.#workers].find(({ isReady, isKilled }) => isReady && !isKilled);
    if (!worker) return undefined;
    return new Promise((resolve) => {
      const end = (pending?: number) => {
        worker.child.off("message", hear).off("exit", leave);
        resolve(pending);
      };
      const hear = (message: FromWorker) => "pending" in message && end(message.pending);
      const leave = () => end();
      worker.child.on("message", hear).on("exit", leave);
      worker.child.send({ count: true } satisfies ToWorker);
    });
  }

  /** Has all of them end in order. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    const workers = [...this.#workers];
    for (const { child } of workers) if (child.connected) child.disconnect();
    const patience = globalThis.setTimeout(() => {
      this.wrongs.push(`after ${stopMs / 1000} s of stop() ${this.#workers.size} workers run still`);
      this.abandon();
    }, stopMs);
    await Promise.all(workers.map(({ ended }) => ended));
    clearTimeout(patience);
  }

  /** Ends what is still there, after a failure. */
  abandon(): void {
    this.#isEnding = true;
    for (const worker of this.#workers) {
      worker.isKilled = true;
      worker.child.kill("SIGKILL");
    }
  }

  #hire(): void {
    const child = fork(main, [JSON.stringify(this.#setting)], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
    let errors = "";
    child.stderr!.on("data", (chunk) => (errors += chunk));
    // Not "close": it never comes after a disconnect.
    const ended = Promise.all([once(child, "exit"), once(child.stderr!, "close")]);
    const worker: Worker = { child, isReady: false, isKilled: false, orders: new Map(), ended };
    let isUnopened = false;
    child.on("message", (message: FromWorker) => {
      if ("unopened" in message) {
        isUnopened = true;
        if (Date.now() > this.databaseAwayUntil) this.wrongs.push(`a worker could not open the queue: ${message.unopened}`);
      } else this.#hear(worker, message);
      this.emit("progress");
    });
    child.on("error", () => {});
    void ended.then(async ([[code, signal]]) => {
      this.#workers.delete(worker);
      this.#todo.unshift(...worker.orders.values());
      worker.orders.clear();
      if (!worker.isKilled && !isUnopened && code !== 0) this.wrongs.push(`a worker ended by itself with ${signal ?? code}: ${errors.slice(-2000)}`);
      if (isUnopened) await setTimeout(200);
      if (!this.#isEnding) this.#hire();
      this.emit("progress");
    });
    this.#workers.add(worker);
  }

  #hear(worker: Worker, message: Exclude<FromWorker, { unopened: string }>): void {
    if ("ready" in message) worker.isReady = true;
    else if ("settled" in message) this.settled.add(message.settled);
    else if ("wrong" in message) this.wrongs.push(message.wrong);
    else if ("failed" in message) this.#handBack(worker, message.failed);
    else if ("paid" in message) {
      const order = worker.orders.get(message.paid);
      worker.orders.delete(message.paid);
      this.paid.add(message.paid);
      // What did not leave may be tried again, and sometimes just when it is closed.
      if (message.state === "not-sent" && order && this.#random() < 0.5) void this.#giveLater(order, this.#random() * 2500);
    }
    this.#fill(worker);
  }

  #handBack(worker: Worker, txnId: string): void {
    const order = worker.orders.get(txnId);
    if (!order) return;
    // Kept in the worker's hands meanwhile, so that a kill finds it there.
    void setTimeout(200).then(() => {
      if (worker.orders.delete(txnId)) this.give([order]);
    });
  }

  async #giveLater(order: Order, ms: number): Promise<void> {
    await setTimeout(ms);
    this.give([order]);
  }

  #fill(worker: Worker): void {
    if (!this.#workers.has(worker) || !worker.isReady || worker.isKilled || this.#isEnding) return;
    while (worker.orders.size < window) {
      // An order that it has in its hands already goes to another worker, if there is one, or waits.
      const index = this.#todo.findIndex(({ txn_id }) => !worker.orders.has(txn_id));
      const [order] = index === -1 ? [] : this.#todo.splice(index, 1);
      if (!order) return;
      worker.orders.set(order.txn_id, order);
      worker.child.send({ pay: order } satisfies ToWorker, () => {});
    }
  }
}
