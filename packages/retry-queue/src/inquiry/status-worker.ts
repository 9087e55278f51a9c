import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Client, StatusResult } from "@codegames/client";
import { type Lease, limitRetryAfterMs } from "../operations/jobs.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import { summarise } from "../operations/operation.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import { decisionOfStatus, notFound } from "../operations/settlement.ts";
import { Sleeper } from "../sleeper.ts";
import { closeCircuit, openCircuit } from "./circuit-breaker.ts";
import { HubStateTable } from "./hub-state-table.ts";
import type { JobLeases } from "./job-leases.ts";
import { type CallPermit, permitCalls, reserveCalls } from "./rate-limit.ts";

/** Calls that are due within this time of each other start together. */
const sliceMs = 20;
/** The most jobs in one lease, and the most results in one write. */
const maxBatchSize = 1000;
/** How many due operations the trial call is chosen from. */
const trialChoices = 20;
/** A lease whose call starts later than this is released: it would expire. */
const longestWaitMs = 30_000;
/** How often a process looks for the expired leases of ended processes. */
const expiredPollMs = 10_000;

/** A status call and its result. */
interface StatusCall {
  lease: Lease;
  result: StatusResult;
}

/**
 * Leases due jobs, asks `/status` within the rate limit and the circuit breaker that all processes share, and writes
 * the results.
 */
export class StatusWorker {
  readonly #id = randomUUID();
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "status">;
  readonly #store: OperationStore;
  readonly #leases: JobLeases;
  readonly #hubState: HubStateTable;
  readonly #sleeper: Sleeper;
  #leased = 0;
  #nextExpiredPollAtMs = 0;
  #failuresInARow = 0;
  #results: StatusCall[] = [];
  #isWriting = false;
  #isStopping = false;
  #isStarted = false;
  /** Status calls that were sent since the start. */
  checks = 0;

  constructor(context: QueueContext, client: Pick<Client, "status">, store: OperationStore, leases: JobLeases) {
    this.#context = context;
    this.#client = client;
    this.#store = store;
    this.#leases = leases;
    this.#hubState = new HubStateTable(context.storage, context.name);
    this.#sleeper = new Sleeper(context.clock);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#context.background.run(() => this.#run());
  }

  /** Leases and calls no more. The calls under way end in the background, and their results are written there. */
  stop(): void {
    this.#isStopping = true;
    this.#sleeper.wakeAll();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping) {
      let waitMs: number;
      try {
        waitMs = await this.#poll();
        failures = 0;
      } catch (error) {
        this.#context.emit("database-failed", error);
        waitMs = Math.min(10_000, 500 * 2 ** failures++);
      }
      if (waitMs > 0) await this.#sleeper.sleep(waitMs);
    }
  }

  /** Leases due jobs once. Returns the time until the next poll, in milliseconds. */
  async #poll(): Promise<number> {
    const { policy, clock } = this.#context;
    const pollMs = policy.pollSeconds * 1000;
    const permit = await this.#hubState.change((state, nowMs) => permitCalls(state, this.#id, nowMs, policy));
    if (permit.waitMs > 0) return Math.min(permit.waitMs, pollMs);
    // Another process may have found the hub up again.
    if (!permit.isTrial && this.#isDown) this.#failuresInARow = 0;
    // The trial call is about a random due operation: if the oldest never gets an answer, it would block all others.
    const count = permit.isTrial ? trialChoices : permit.count;
    const limit = Math.min(count, permit.concurrency - this.#leased, maxBatchSize);
    if (limit <= 0) return Math.min(sliceMs, pollMs);
    if (clock.now() >= this.#nextExpiredPollAtMs) {
      this.#nextExpiredPollAtMs = clock.now() + expiredPollMs;
      await this.#leases.returnExpired(false);
      await this.#leases.scheduleSettlements();
    }
    const { leases, isAll } = await this.#leases.take(limit);
    if (leases.length === 0) return pollMs;
    this.#leased += leases.length;
    this.#context.background.run(() => this.#serve(leases, permit));
    return isAll ? pollMs : 0;
  }

  async #serve(leases: Lease[], permit: CallPermit): Promise<void> {
    const withTask = leases.filter(({ data }) => data.task);
    const runTask = (lease: Lease) => this.#orLetExpire([lease], () => this.#leases.runTask(lease));
    this.#context.background.run(() => inLanes(withTask, runTask));
    const due = leases.filter(({ data }) => !data.task);
    if (due.length === 0) return;
    const chosen = Math.floor(this.#context.random() * due.length);
    const toAsk = permit.isTrial ? due.slice(chosen, chosen + 1) : due;
    const started = await this.#startCalls(toAsk, permit.isTrial);
    const asked = new Set(toAsk.slice(0, started));
    const unsent = due.filter((lease) => !asked.has(lease));
    if (unsent.length > 0) await this.#orLetExpire(unsent, () => this.#leases.releaseUnsent(unsent));
  }

  /** Starts the calls at their reserved times. Returns how many; fewer when the queue stops or the hub is down. */
  async #startCalls(leases: Lease[], isTrial: boolean): Promise<number> {
    const { policy, clock } = this.#context;
    let started = 0;
    try {
      const exhausted = await this.#leases.findExhausted(leases, 0);
      const { firstAtMs, spacingMs } = await this.#hubState.change((state, nowMs) => {
        const [reserved, slots] = reserveCalls(state, leases.length, nowMs, policy);
        return [reserved, { ...slots, firstAtMs: slots.firstAtMs - nowMs + clock.now() }];
      });
      for (const [index, lease] of leases.entries()) {
        const waitMs = firstAtMs + index * spacingMs - clock.now();
        if (waitMs > longestWaitMs) break;
        if (waitMs > sliceMs && !this.#isStopping) await this.#sleeper.sleep(waitMs);
        if (this.#isStopping || (this.#isDown && !isTrial)) break;
        started = index + 1;
        if (exhausted.has(lease)) await this.#orLetExpire([lease], () => this.#leases.giveUp(lease));
        else this.#context.background.run(() => this.#ask(lease, isTrial));
      }
    } catch (error) {
      this.#context.emit("database-failed", error);
    }
    return started;
  }

  get #isDown() {
    return this.#failuresInARow >= this.#context.policy.pauseAfterFailures;
  }

  async #ask(lease: Lease, isTrial: boolean): Promise<void> {
    const result = await this.#client.status({ txn_id: lease.data.txn_id });
    if (result.outcome !== "not-sent") this.checks++;
    await this.#noteHealth(result, isTrial).catch((error) => this.#context.emit("database-failed", error));
    this.#results.push({ lease, result });
    if (!this.#isWriting) await this.#writeResults();
  }

  /** Writes results in batches until none is left: results that arrive during a write form the next batch. */
  async #writeResults(): Promise<void> {
    this.#isWriting = true;
    try {
      // Collects the results of one turn of the event loop.
      await setImmediate();
      while (this.#results.length > 0) {
        const batch = this.#results.splice(0, maxBatchSize);
        await this.#orLetExpire(
          batch.map(({ lease }) => lease),
          () => this.#write(batch),
        );
      }
    } finally {
      this.#isWriting = false;
    }
  }

  async #write(batch: StatusCall[]): Promise<void> {
    const unsent = batch.filter(({ result }) => result.outcome === "not-sent");
    if (unsent.length > 0) await this.#leases.releaseUnsent(unsent.map(({ lease }) => lease));
    const absent = batch.filter(({ result }) => result.outcome === "absent");
    const final = absent.length > 0 ? await this.#leases.countAbsent(absent.map(({ lease }) => lease)) : new Set();
    const decided = batch.flatMap(({ lease, result }) => {
      const decision = final.has(lease.data.txn_id) ? notFound : decisionOfStatus(result);
      return decision ? [{ lease, decision }] : [];
    });
    await inLanes(decided, ({ lease, decision }) =>
      // If this one fails, its lease expires and the hub is asked again; the others are written all the same.
      this.#store
        .settleOrKeep(lease.data.txn_id, decision, lease)
        .catch((error) => this.#context.emit("database-failed", error)),
    );
    const undecided = batch.flatMap(({ lease, result }) => {
      if (result.outcome === "absent" ? final.has(lease.data.txn_id) : result.outcome !== "unknown") return [];
      const retryAfterMs = result.outcome === "unknown" ? result.retryAfterMs : undefined;
      return [{ lease, answer: summarise(result), retryAfterMs }];
    });
    if (undecided.length > 0) await this.#leases.returnUndecided(undecided);
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

  /** Counts calls without a hub answer: many in a row open the circuit breaker, and a good trial call closes it. */
  async #noteHealth(result: StatusResult, isTrial: boolean): Promise<void> {
    const { policy, emit } = this.#context;
    const failed = failedCall(result);
    if (!failed) {
      this.#failuresInARow = 0;
      if (!isTrial) return;
      await this.#hubState.change((state, nowMs) => [closeCircuit(state, nowMs), undefined]);
      return emit("resumed");
    }
    this.#failuresInARow++;
    if (failed.outcome === "not-sent") this.#failuresInARow = Math.max(this.#failuresInARow, policy.pauseAfterFailures);
    const isAsked = failed.outcome === "unknown" && failed.httpStatus === 429;
    if (!this.#isDown && !isTrial && !isAsked) return;
    const askedMs = isAsked ? limitRetryAfterMs(policy, failed.retryAfterMs) : 0;
    const wasClosed = await this.#hubState.change((state, nowMs) => [
      openCircuit(state, nowMs, policy, isTrial, askedMs),
      state.pauses === 0,
    ]);
    if (wasClosed) emit("paused", { reason: failed.detail });
  }
}

/** Settlements at the same time: each is a transaction, and runs the merchant's `onSettled`. */
const lanes = 8;

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: Math.min(lanes, items.length) }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

type FailedCall = Extract<StatusResult, { outcome: "not-sent" | "unknown" }>;

/** Returns the result when the call failed before the hub itself answered. */
function failedCall(result: StatusResult): FailedCall | undefined {
  if (result.outcome === "not-sent") return result;
  if (result.outcome !== "unknown") return undefined;
  return outageReasons.has(result.reason) && !isUndecided(result) ? result : undefined;
}

/** The hub is up, but does not know yet how the pay ends (interpretation B4). */
const isUndecided = ({ httpStatus, retryAfterMs }: Extract<StatusResult, { outcome: "unknown" }>) =>
  httpStatus === 503 && retryAfterMs !== undefined;

/** Reasons of `unknown` results that do not come from the hub itself. */
const outageReasons = new Set(["timeout", "connection", "http-status", "request-refused"]);
