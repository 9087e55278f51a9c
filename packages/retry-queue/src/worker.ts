import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Client, StatusResult } from "@codegames/client";
import type { Claims } from "./claims.ts";
import { type Claim, retryAfterMs } from "./job.ts";
import type { Ledger } from "./ledger.ts";
import { answerOf } from "./operation.ts";
import { pause, reserve, resume, takeTurn, type Turn } from "./pace.ts";
import { PaceTable } from "./pace-table.ts";
import type { QueueContext } from "./queue-context.ts";
import { decisionOfStatus, notFound } from "./settlement.ts";
import { Sleeper } from "./sleeper.ts";

/** Calls that are due within this time of each other start together. */
const sliceMs = 20;
const mostAtOnce = 1000;
/** How many the one on trial is chosen from. */
const trialChoice = 20;
/** A claim whose turn is further away is given back: it would lapse. */
const longestWaitMs = 30_000;
/** How often claims of ended processes are looked for. */
const lapsedMs = 10_000;

type Checked = { claim: Claim; result: StatusResult };

/** Claims what is due, asks `/status` at the pace that all processes share, and writes down what came of it. */
export class Worker {
  readonly #id = randomUUID();
  readonly #context: QueueContext;
  readonly #client: Pick<Client, "status">;
  readonly #ledger: Ledger;
  readonly #claims: Claims;
  readonly #pace: PaceTable;
  readonly #sleeper: Sleeper;
  readonly #tasks = new Set<Promise<void>>();
  #claimed = 0;
  #lookForLapsedAtMs = 0;
  #failuresInARow = 0;
  #outbox: Checked[] = [];
  #isFlushing = false;
  #isStopping = false;
  #loop: Promise<void> | undefined;
  /** Calls of `/status` that were sent since the start. */
  checks = 0;

  constructor(context: QueueContext, client: Pick<Client, "status">, ledger: Ledger, claims: Claims) {
    this.#context = context;
    this.#client = client;
    this.#ledger = ledger;
    this.#claims = claims;
    this.#pace = new PaceTable(context.storage, context.name);
    this.#sleeper = new Sleeper(context.clock);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Claims nothing more, lets the calls under way end, and writes down what came of them. */
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
        waitMs = await this.#turn();
        failures = 0;
      } catch (error) {
        this.#context.emit("database-failed", error);
        waitMs = Math.min(10_000, 500 * 2 ** failures++);
      }
      if (waitMs > 0) await this.#sleeper.sleep(waitMs);
    }
  }

  /** Claims once; gives the time to the next turn. */
  async #turn(): Promise<number> {
    const pollMs = this.#context.policy.pollSeconds * 1000;
    const turn = await this.#pace.change((state, nowMs) => takeTurn(state, this.#id, nowMs, this.#context.policy));
    if (turn.waitMs > 0) return Math.min(turn.waitMs, pollMs);
    // Another process may have found the hub up again.
    if (!turn.isTrial && this.#isDown) this.#failuresInARow = 0;
    // The one on trial is any of those that are due: were it always the oldest, one that never gets an answer would stop all others.
    const most = Math.min(turn.isTrial ? trialChoice : turn.count, turn.concurrency - this.#claimed, mostAtOnce);
    if (most <= 0) return Math.min(sliceMs, pollMs);
    if (this.#context.clock.now() >= this.#lookForLapsedAtMs) {
      this.#lookForLapsedAtMs = this.#context.clock.now() + lapsedMs;
      await this.#claims.returnLapsed(false);
      await this.#claims.rememberDecisions();
    }
    const { claims, isAll } = await this.#claims.take(most);
    if (claims.length === 0) return pollMs;
    this.#claimed += claims.length;
    this.#track(this.#serve(claims, turn));
    return isAll ? pollMs : 0;
  }

  async #serve(claims: Claim[], turn: Turn): Promise<void> {
    this.#track(inLanes(claims.filter(({ data }) => data.task), (claim) => this.#orLetLapse([claim], () => this.#claims.runTask(claim))));
    const due = claims.filter(({ data }) => !data.task);
    if (due.length === 0) return;
    const chosen = Math.floor(this.#context.random() * due.length);
    const toAsk = turn.isTrial ? due.slice(chosen, chosen + 1) : due;
    let started = 0;
    try {
      const spent = await this.#claims.spent(toAsk, 0);
      const { firstAtMs, spacingMs } = await this.#pace.change((state, nowMs) => {
        const [reserved, slots] = reserve(state, toAsk.length, nowMs, this.#context.policy);
        return [reserved, { ...slots, firstAtMs: slots.firstAtMs - nowMs + this.#context.clock.now() }];
      });
      for (const [index, claim] of toAsk.entries()) {
        const waitMs = firstAtMs + index * spacingMs - this.#context.clock.now();
        if (waitMs > longestWaitMs) break;
        if (waitMs > sliceMs && !this.#isStopping) await this.#sleeper.sleep(waitMs);
        if (this.#isStopping || (this.#isDown && !turn.isTrial)) break;
        started = index + 1;
        if (spent.has(claim)) await this.#orLetLapse([claim], () => this.#claims.giveUp(claim));
        else this.#track(this.#ask(claim, turn.isTrial));
      }
    } catch (error) {
      this.#context.emit("database-failed", error);
    }
    const asked = new Set(toAsk.slice(0, started));
    const unsent = due.filter((claim) => !asked.has(claim));
    if (unsent.length > 0) await this.#orLetLapse(unsent, () => this.#claims.giveBack(unsent));
  }

  get #isDown() {
    return this.#failuresInARow >= this.#context.policy.pauseAfterFailures;
  }

  async #ask(claim: Claim, isTrial: boolean): Promise<void> {
    const result = await this.#client.status({ txn_id: claim.data.txn_id });
    if (result.outcome !== "not-sent") this.checks++;
    await this.#notePace(result, isTrial).catch((error) => this.#context.emit("database-failed", error));
    this.#outbox.push({ claim, result });
    if (!this.#isFlushing) await this.#flush();
  }

  /** Writes results down in batches until there are none: those that come meanwhile are the next batch. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    try {
      // The results of one turn of the event loop together.
      await setImmediate();
      while (this.#outbox.length > 0) {
        const batch = this.#outbox.splice(0, mostAtOnce);
        await this.#orLetLapse(batch.map(({ claim }) => claim), () => this.#write(batch));
      }
    } finally {
      this.#isFlushing = false;
    }
  }

  async #write(batch: Checked[]): Promise<void> {
    const unsent = batch.filter(({ result }) => result.outcome === "not-sent");
    if (unsent.length > 0) await this.#claims.giveBack(unsent.map(({ claim }) => claim));
    const absent = batch.filter(({ result }) => result.outcome === "absent");
    const final = absent.length > 0 ? await this.#claims.countAbsent(absent.map(({ claim }) => claim)) : new Set();
    const decided = batch.flatMap(({ claim, result }) => {
      const decision = final.has(claim.data.txn_id) ? notFound : decisionOfStatus(result);
      return decision ? [{ claim, decision }] : [];
    });
    await inLanes(decided, ({ claim, decision }) =>
      // What fails here lapses, and is asked again; the others are written down all the same.
      this.#ledger.settleOrKeep(claim.data.txn_id, decision, claim).catch((error) => this.#context.emit("database-failed", error)));
    const undecided = batch.flatMap(({ claim, result }) => {
      if (result.outcome === "absent" ? final.has(claim.data.txn_id) : result.outcome !== "unknown") return [];
      return [{ claim, answer: answerOf(result), retryAfterMs: result.outcome === "unknown" ? result.retryAfterMs : undefined }];
    });
    if (undecided.length > 0) await this.#claims.keepUndecided(undecided);
  }

  /** What a claim cannot be written down for is asked again once it lapses: nothing is lost but time. */
  async #orLetLapse(claims: Claim[], work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.emit("database-failed", error);
    } finally {
      this.#claimed -= claims.length;
    }
  }

  /** Counts calls without an answer of the hub's own, and pauses everybody when there are many in a row. */
  async #notePace(result: StatusResult, isTrial: boolean): Promise<void> {
    const isDown = result.outcome === "not-sent" || (result.outcome === "unknown" && outages.has(result.reason) && !isUndecided(result));
    if (!isDown) {
      this.#failuresInARow = 0;
      if (!isTrial) return;
      await this.#pace.change((state, nowMs) => [resume(state, nowMs), undefined]);
      return this.#context.emit("resumed");
    }
    this.#failuresInARow = result.outcome === "not-sent" ? Math.max(this.#failuresInARow + 1, this.#context.policy.pauseAfterFailures) : this.#failuresInARow + 1;
    const isAsked = result.outcome === "unknown" && result.httpStatus === 429;
    if (!this.#isDown && !isTrial && !isAsked) return;
    const askedMs = isAsked ? retryAfterMs(this.#context.policy, result.retryAfterMs) : 0;
    const wasUp = await this.#pace.change((state, nowMs) => [pause(state, nowMs, this.#context.policy, isTrial, askedMs), state.pauses === 0]);
    if (wasUp) this.#context.emit("paused", { reason: result.detail });
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.catch((error) => this.#context.emit("database-failed", error)).finally(() => this.#tasks.delete(task));
  }
}

/** Settlements at once: each is a transaction, and has effects of the merchant's. */
const lanes = 8;

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, async () => {
    for (const item of rest) await work(item);
  }));
}

/** The hub is up, and does not know yet how the pay ends (interpretation B4). */
const isUndecided = ({ httpStatus, retryAfterMs }: { httpStatus: number | undefined; retryAfterMs: number | undefined }) => httpStatus === 503 && retryAfterMs !== undefined;

/** Answers that the hub did not give itself. */
const outages = new Set(["timeout", "connection", "http-status", "request-refused"]);
