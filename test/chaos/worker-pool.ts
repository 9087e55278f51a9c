import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Order } from "./orders.ts";
import type { FromWorker, ToWorker, WorkerOptions } from "./worker.ts";

const main = fileURLToPath(new URL("worker.ts", import.meta.url));
const maxOrdersPerWorker = 12;
const stopMs = 60_000;

interface Worker {
  child: ChildProcess;
  isReady: boolean;
  isKilled: boolean;
  orders: Map<string, Order>;
  ended: Promise<unknown>;
}

/** Worker processes that share the orders. When one ends, its orders go to another one. */
export class WorkerPool extends EventEmitter<{ progress: [] }> {
  /** The orders for which `pay()` has returned, in some worker. */
  readonly paid = new Set<string>();
  readonly settled = new Set<string>();
  /** Errors that must not happen in a worker. */
  readonly errors: string[] = [];
  kills = 0;
  /** Until this time a worker may fail to open the database, and is started again. */
  databaseAwayUntilMs = 0;
  readonly #options: WorkerOptions;
  readonly #random: () => number;
  readonly #workers = new Set<Worker>();
  #waiting: Order[] = [];
  #isStopping = false;

  constructor(options: WorkerOptions, random: () => number) {
    super();
    this.setMaxListeners(0);
    this.#options = options;
    this.#random = random;
  }

  start(size: number): void {
    this.#isStopping = false;
    while (this.#workers.size < size) this.#fork();
  }

  submit(orders: readonly Order[]): void {
    this.#waiting.push(...orders);
    for (const worker of this.#workers) this.#sendOrders(worker);
  }

  /** Resolves once `pay()` has returned for `count` orders. */
  async untilPaid(count: number): Promise<void> {
    while (this.paid.size < count) await once(this, "progress");
  }

  /** Resolves once no order waits and no worker has one. */
  async untilIdle(): Promise<void> {
    const isBusy = () => this.#waiting.length > 0 || [...this.#workers].some(({ orders }) => orders.size > 0);
    while (isBusy()) await once(this, "progress");
  }

  /** Kills a random worker with `kill -9`; a new one replaces it. */
  async kill(): Promise<void> {
    const workers = [...this.#workers].filter(({ isKilled }) => !isKilled);
    const worker = workers[Math.floor(this.#random() * workers.length)];
    if (!worker) throw new Error("There is no worker to kill");
    worker.isKilled = true;
    worker.child.kill("SIGKILL");
    this.kills++;
    await worker.ended;
  }

  /** Asks a worker how many operations are pending; undefined when none answers. */
  async countPending(): Promise<number | undefined> {
    const worker = [...this.#workers].find(({ isReady, isKilled }) => isReady && !isKilled);
    if (!worker) return undefined;
    return new Promise((resolve) => {
      const end = (pending?: number) => {
        worker.child.off("message", onMessage).off("exit", onExit);
        resolve(pending);
      };
      const onMessage = (message: FromWorker) => "pending" in message && end(message.pending);
      const onExit = () => end();
      worker.child.on("message", onMessage).on("exit", onExit);
      worker.child.send({ count: true } satisfies ToWorker);
    });
  }

  /** Stops all workers in order, and kills those that take more than 60 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const workers = [...this.#workers];
    for (const { child } of workers) if (child.connected) child.disconnect();
    const timer = globalThis.setTimeout(() => {
      this.errors.push(`after ${stopMs / 1000} s of stop() ${this.#workers.size} workers still run`);
      this.killAll();
    }, stopMs);
    await Promise.all(workers.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  /** Kills all workers, after a failure. */
  killAll(): void {
    this.#isStopping = true;
    for (const worker of this.#workers) {
      worker.isKilled = true;
      worker.child.kill("SIGKILL");
    }
  }

  #fork(): void {
    const child = fork(main, [JSON.stringify(this.#options)], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
    let stderr = "";
    child.stderr!.on("data", (chunk) => (stderr += chunk));
    // Not "close": it never comes after disconnect(), see https://github.com/nodejs/node/issues/19433.
    const ended = Promise.all([once(child, "exit"), once(child.stderr!, "close")]);
    const worker: Worker = { child, isReady: false, isKilled: false, orders: new Map(), ended };
    let hasFailedToOpen = false;
    child.on("message", (message: FromWorker) => {
      if ("unopened" in message) {
        hasFailedToOpen = true;
        const isExpected = Date.now() <= this.databaseAwayUntilMs;
        if (!isExpected) this.errors.push(`a worker could not open the queue: ${message.unopened}`);
      } else this.#receive(worker, message);
      this.emit("progress");
    });
    child.on("error", () => {});
    void ended.then(async ([[code, signal]]) => {
      this.#workers.delete(worker);
      this.#waiting.unshift(...worker.orders.values());
      worker.orders.clear();
      if (!worker.isKilled && !hasFailedToOpen && code !== 0) {
        this.errors.push(`a worker ended by itself with ${signal ?? code}: ${stderr.slice(-2000)}`);
      }
      if (hasFailedToOpen) await setTimeout(200);
      if (!this.#isStopping) this.#fork();
      this.emit("progress");
    });
    this.#workers.add(worker);
  }

  #receive(worker: Worker, message: Exclude<FromWorker, { unopened: string }>): void {
    if ("ready" in message) worker.isReady = true;
    else if ("settled" in message) this.settled.add(message.settled);
    else if ("error" in message) this.errors.push(message.error);
    else if ("failed" in message) this.#retry(worker, message.failed);
    else if ("paid" in message) {
      const order = worker.orders.get(message.paid);
      worker.orders.delete(message.paid);
      this.paid.add(message.paid);
      // A pay that did not leave may be repeated, sometimes just when the queue closes it.
      const isRepeated = message.state === "not-sent" && order && this.#random() < 0.5;
      if (isRepeated) void this.#submitLater(order, this.#random() * 2500);
    }
    this.#sendOrders(worker);
  }

  #retry(worker: Worker, txnId: string): void {
    const order = worker.orders.get(txnId);
    if (!order) return;
    // The worker keeps it meanwhile, so that it is not lost when the worker is killed.
    void setTimeout(200).then(() => {
      if (worker.orders.delete(txnId)) this.submit([order]);
    });
  }

  async #submitLater(order: Order, ms: number): Promise<void> {
    await setTimeout(ms);
    this.submit([order]);
  }

  #sendOrders(worker: Worker): void {
    if (!this.#workers.has(worker) || !worker.isReady || worker.isKilled || this.#isStopping) return;
    while (worker.orders.size < maxOrdersPerWorker) {
      // A repeat of an order that this worker has goes to another worker, or waits.
      const index = this.#waiting.findIndex(({ txn_id }) => !worker.orders.has(txn_id));
      const [order] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (!order) return;
      worker.orders.set(order.txn_id, order);
      worker.child.send({ pay: order } satisfies ToWorker, () => {});
    }
  }
}
