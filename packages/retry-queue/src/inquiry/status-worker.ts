import { randomUUID } from "node:crypto";
import type { Client } from "@codegames/client";
import type { Lease } from "../operations/jobs.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import type { Settlements } from "../operations/settlements.ts";
import { Sleeper } from "../sleeper.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { HubHealth } from "./hub-health.ts";
import { HubStateTable } from "./hub-state-table.ts";
import { inLanes } from "./in-lanes.ts";
import type { JobLeases } from "./job-leases.ts";
import { type CallPermit, permitCalls, reserveCalls } from "./rate-limit.ts";

/** Calls that are due within this time of each other start together. */
const sliceMs = 20;
/** The most jobs in one lease. */
const maxBatchSize = 1000;
/** How many due operations the trial call is chosen from. */
const trialChoices = 20;
/** A lease whose call starts later than this is released: it would expire. */
const longestWaitMs = 30_000;
/** How often a process looks for the expired leases of ended processes. */
const expiredPollMs = 10_000;

/**
 * Leases due jobs, asks `/status` within the rate limit and the circuit breaker that all processes share, and hands the
 * results to the {@link AnswerWriter}.
 */
export class StatusWorker {
  readonly #id = randomUUID();
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "status">;
  readonly #settlements: Settlements;
  readonly #leases: JobLeases;
  readonly #hubState: HubStateTable;
  readonly #health: HubHealth;
  readonly #answers: AnswerWriter;
  readonly #sleeper: Sleeper;
  #leased = 0;
  #nextExpiredPollAtMs = 0;
  #isStarted = false;
  #isStopping = false;
  /** Status calls that were sent since the start. */
  checks = 0;

  constructor(context: QueueContext, client: Pick<Client, "status">, settlements: Settlements, leases: JobLeases) {
    this.#context = context;
    this.#client = client;
    this.#settlements = settlements;
    this.#leases = leases;
    this.#hubState = new HubStateTable(context.storage, context.name);
    this.#health = new HubHealth(context, this.#hubState);
    this.#answers = new AnswerWriter(context, leases, settlements, ({ length }) => void (this.#leased -= length));
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
    if (!permit.isTrial && this.#health.isDown) this.#health.forgetFailures();
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
    const runTask = (lease: Lease) => this.#orLetExpire([lease], () => this.#settlements.runTask(lease));
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
        if (this.#isStopping || (this.#health.isDown && !isTrial)) break;
        started = index + 1;
        if (exhausted.has(lease)) await this.#orLetExpire([lease], () => this.#leases.giveUp(lease));
        else this.#context.background.run(() => this.#ask(lease, isTrial));
      }
    } catch (error) {
      this.#context.emit("database-failed", error);
    }
    return started;
  }

  async #ask(lease: Lease, isTrial: boolean): Promise<void> {
    const result = await this.#client.status({ txn_id: lease.data.txn_id });
    if (result.outcome !== "not-sent") this.checks++;
    await this.#health.note(result, isTrial).catch((error) => this.#context.emit("database-failed", error));
    await this.#answers.write({ lease, result });
  }

  /** Ends leases. If that fails, they expire and the hub is asked again; only time is lost. */
  async #orLetExpire(leases: Lease[], work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.emit("database-failed", error);
    } finally {
      this.#leased -= leases.length;
    }
  }
}
