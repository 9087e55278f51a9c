import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Client, StatusResult } from "@codegames/client";
import { closeCircuit, openCircuit } from "./circuit-breaker.ts";
import { HubStateTable } from "./hub-state-table.ts";
import type { JobLeases } from "./job-leases.ts";
import { type Lease, retryAfterMs } from "./job.ts";
import type { OperationStore } from "./operation-store.ts";
import { recordAnswer } from "./operation.ts";
import type { QueueContext } from "./queue-context.ts";
import { type Permit, reserve, takePermit } from "./rate-limit.ts";
import { decisionOfStatus, notFound } from "./settlement.ts";
import { Sleeper } from "./sleeper.ts";

/** Calls that are due within this time of each other start together. */
const sliceMs = 20;
const batchSize = 1000;
/** The half-open call is chosen from so many due operations. */
const halfOpenChoice = 20;
/** A lease that would wait longer is returned, because it would expire. */
const longestWaitMs = 30_000;
/** How often the worker looks for leases of ended processes. */
const expiredLookupMs = 10_000;

type Checked = { lease: Lease; result: StatusResult };

/** Leases due jobs, asks `/status` within the rate limit that all processes share, and records the answers. */
export class Worker {
  readonly #id = randomUUID();
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "status">;
  readonly #store: OperationStore;
  readonly #leases: JobLeases;
  readonly #hub: HubStateTable;
  readonly #sleeper: Sleeper;
  readonly #tasks = new Set<Promise<void>>();
  #leased = 0;
  #nextExpiredLookupMs = 0;
  #failuresInARow = 0;
  #outbox: Checked[] = [];
  #isFlushing = false;
  #isStopping = false;
  #loop: Promise<void> | undefined;
  /** Calls of `/status` sent since the start. */
  checks = 0;

  constructor(context: QueueContext, client: Pick<Client, "status">, store: OperationStore, leases: JobLeases) {
    this.#context = context;
    this.#client = client;
    this.#store = store;
    this.#leases = leases;
    this.#hub = new HubStateTable(context.storage, context.name);
    this.#sleeper = new Sleeper(context.clock);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Leases nothing more, waits for the calls under way, and records their answers. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
    await this.#loop;
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping) {
      let waitMs: number;
      try {
        waitMs = await this.#leaseDue();
        failures = 0;
      } catch (error) {
        this.#context.emit("database-failed", error);
        waitMs = Math.min(10_000, 500 * 2 ** failures++);
      }
      if (waitMs > 0) await this.#sleeper.sleep(waitMs);
    }
  }

  /** Leases jobs once. Returns the time to the next lease, in milliseconds. */
  async #leaseDue(): Promise<number> {
    const pollMs = this.#context.policy.pollSeconds * 1000;
    const permit = await this.#hub.change((state, nowMs) => takePermit(state, this.#id, nowMs, this.#context.policy));
    if (permit.waitMs > 0) return Math.min(permit.waitMs, pollMs);
    // Another process may have found the hub up again.
    if (!permit.isHalfOpen && this.#isDown) this.#failuresInARow = 0;
    // The half-open call is for any due operation: if it were always the oldest, one without an answer would stop all others.
    const wanted = permit.isHalfOpen ? halfOpenChoice : permit.count;
    const most = Math.min(wanted, permit.concurrency - this.#leased, batchSize);
    if (most <= 0) return Math.min(sliceMs, pollMs);
    if (this.#context.clock.now() >= this.#nextExpiredLookupMs) {
      this.#nextExpiredLookupMs = this.#context.clock.now() + expiredLookupMs;
      await this.#leases.returnExpired(false);
      await this.#leases.scheduleDecisions();
    }
    const { leases, isAll } = await this.#leases.take(most);
    if (leases.length === 0) return pollMs;
    this.#leased += leases.length;
    this.#track(this.#serve(leases, permit));
    return isAll ? pollMs : 0;
  }

  async #serve(leases: Lease[], permit: Permit): Promise<void> {
    const tasks = leases.filter(({ data }) => data.task);
    this.#track(inLanes(tasks, (lease) => this.#orLetExpire([lease], () => this.#leases.runTask(lease))));
    const due = leases.filter(({ data }) => !data.task);
    if (due.length === 0) return;
    const chosen = Math.floor(this.#context.random() * due.length);
    const toAsk = permit.isHalfOpen ? due.slice(chosen, chosen + 1) : due;
    let started = 0;
    try {
      const spent = await this.#leases.spent(toAsk, 0);
      const { firstAtMs, spacingMs } = await this.#hub.change((state, nowMs) => {
        const [reserved, slots] = reserve(state, toAsk.length, nowMs, this.#context.policy);
        return [reserved, { ...slots, firstAtMs: slots.firstAtMs - nowMs + this.#context.clock.now() }];
      });
      for (const [index, lease] of toAsk.entries()) {
        const waitMs = firstAtMs + index * spacingMs - this.#context.clock.now();
        if (waitMs > longestWaitMs) break;
        if (waitMs > sliceMs && !this.#isStopping) await this.#sleeper.sleep(waitMs);
        if (this.#isStopping || (this.#isDown && !permit.isHalfOpen)) break;
        started = index + 1;
        if (spent.has(lease)) await this.#orLetExpire([lease], () => this.#leases.giveUp(lease));
        else this.#track(this.#ask(lease, permit.isHalfOpen));
      }
    } catch (error) {
      this.#context.emit("database-failed", error);
    }
    const asked = new Set(toAsk.slice(0, started));
    const unsent = due.filter((lease) => !asked.has(lease));
    if (unsent.length > 0) await this.#orLetExpire(unsent, () => this.#leases.returnUnused(unsent));
  }

  get #isDown() {
    return this.#failuresInARow >= this.#context.policy.pauseAfterFailures;
  }

  async #ask(lease: Lease, isHalfOpen: boolean): Promise<void> {
    const result = await this.#client.status({ txn_id: lease.data.txn_id });
    if (result.outcome !== "not-sent") this.checks++;
    await this.#noteHealth(result, isHalfOpen).catch((error: unknown) =>
      this.#context.emit("database-failed", error),
    );
    this.#outbox.push({ lease, result });
    if (!this.#isFlushing) await this.#flush();
  }

  /** Records results in batches until none is left. Results that arrive meanwhile are the next batch. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    try {
      // Collects the results of one turn of the event loop.
      await setImmediate();
      while (this.#outbox.length > 0) {
        const batch = this.#outbox.splice(0, batchSize);
        await this.#orLetExpire(batch.map(({ lease }) => lease), () => this.#write(batch));
      }
    } finally {
      this.#isFlushing = false;
    }
  }

  async #write(batch: Checked[]): Promise<void> {
    const unsent = batch.filter(({ result }) => result.outcome === "not-sent");
    if (unsent.length > 0) await this.#leases.returnUnused(unsent.map(({ lease }) => lease));
    const absent = batch.filter(({ result }) => result.outcome === "absent");
    const final = absent.length > 0 ? await this.#leases.countAbsent(absent.map(({ lease }) => lease)) : new Set();
    const decided = batch.flatMap(({ lease, result }) => {
      const decision = final.has(lease.data.txn_id) ? notFound : decisionOfStatus(result);
      return decision ? [{ lease, decision }] : [];
    });
    await inLanes(decided, ({ lease, decision }) =>
      // If one fails, its lease expires and the hub is asked again; the others are recorded.
      this.#store
        .settleOrKeep(lease.data.txn_id, decision, lease)
        .catch((error: unknown) => this.#context.emit("database-failed", error)),
    );
    const undecided = batch.flatMap(({ lease, result }) => {
      if (result.outcome === "absent" ? final.has(lease.data.txn_id) : result.outcome !== "unknown") return [];
      const askedMs = result.outcome === "unknown" ? result.retryAfterMs : undefined;
      return [{ lease, answer: recordAnswer(result), retryAfterMs: askedMs }];
    });
    if (undecided.length > 0) await this.#leases.keepUndecided(undecided);
  }

  /** If a batch cannot be recorded, its leases expire and the hub is asked again; only time is lost. */
  async #orLetExpire(leases: Lease[], work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.emit("database-failed", error);
    } finally {
      this.#leased -= leases.length;
    }
  }

  /** Counts calls without a hub answer, and opens the circuit for all processes after many in a row. */
  async #noteHealth(result: StatusResult, isHalfOpen: boolean): Promise<void> {
    if (!isOutage(result)) {
      this.#failuresInARow = 0;
      if (!isHalfOpen) return;
      await this.#hub.change((state, nowMs) => [closeCircuit(state, nowMs), undefined]);
      return this.#context.emit("resumed");
    }
    const { policy } = this.#context;
    // One call that could not be sent is enough.
    const least = result.outcome === "not-sent" ? policy.pauseAfterFailures : 0;
    this.#failuresInARow = Math.max(this.#failuresInARow + 1, least);
    const isAsked = result.outcome === "unknown" && result.httpStatus === 429;
    if (!this.#isDown && !isHalfOpen && !isAsked) return;
    const askedMs = isAsked ? retryAfterMs(policy, result.retryAfterMs) : 0;
    const wasUp = await this.#hub.change((state, nowMs) => [
      openCircuit(state, nowMs, policy, isHalfOpen, askedMs),
      state.pauses === 0,
    ]);
    if (wasUp) this.#context.emit("paused", { reason: result.detail });
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task
      .catch((error: unknown) => this.#context.emit("database-failed", error))
      .finally(() => this.#tasks.delete(task));
  }
}

/** Settlements at once: each is a transaction with effects of the merchant. */
const lanes = 8;

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, async () => {
    for (const item of rest) await work(item);
  }));
}

/** Whether a call got no answer of the hub itself. */
function isOutage(result: StatusResult): result is Extract<StatusResult, { detail: string }> {
  if (result.outcome === "not-sent") return true;
  if (result.outcome !== "unknown" || !outages.has(result.reason)) return false;
  // The hub is up, and the pay is undecided (interpretation B4).
  return !(result.httpStatus === 503 && result.retryAfterMs !== undefined);
}

const outages: ReadonlySet<string> = new Set(["timeout", "connection", "http-status", "request-refused"]);
