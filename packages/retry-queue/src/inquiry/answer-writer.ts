import { setImmediate } from "node:timers/promises";
import type { StatusResult } from "@codegames/client";
import { type Decision, decisionOfStatus, notFound } from "../operations/decision.ts";
import type { Lease } from "../operations/jobs.ts";
import { summarise } from "../operations/operation.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import type { Settlements } from "../operations/settlements.ts";
import { inLanes } from "./in-lanes.ts";
import type { JobLeases, UndecidedCall } from "./job-leases.ts";

/** The most answers in one write. */
const maxBatchSize = 1000;

/** A status call and its result. */
export interface StatusCall {
  readonly lease: Lease;
  readonly result: StatusResult;
}

/** Writes the results of status calls, in batches: those that arrive during a write form the next batch. */
export class AnswerWriter {
  readonly #context: QueueContext;
  readonly #leases: JobLeases;
  readonly #settlements: Settlements;
  readonly #endLeases: (leases: readonly Lease[]) => void;
  #waiting: StatusCall[] = [];
  #isWriting = false;

  /** `endLeases` is called once for every result, when it is written or cannot be written. */
  constructor(
    context: QueueContext,
    leases: JobLeases,
    settlements: Settlements,
    endLeases: (leases: readonly Lease[]) => void,
  ) {
    this.#context = context;
    this.#leases = leases;
    this.#settlements = settlements;
    this.#endLeases = endLeases;
  }

  /** Writes a result, unless a write is under way that will see to it. Resolves when nothing is left to write. */
  async write(call: StatusCall): Promise<void> {
    this.#waiting.push(call);
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      // Collects the results of one turn of the event loop.
      await setImmediate();
      while (this.#waiting.length > 0) await this.#writeOrLetExpire(this.#waiting.splice(0, maxBatchSize));
    } finally {
      this.#isWriting = false;
    }
  }

  /** If a batch cannot be recorded, its leases expire and the hub is asked again; only time is lost. */
  async #writeOrLetExpire(batch: StatusCall[]): Promise<void> {
    try {
      await this.#writeBatch(batch);
    } catch (error) {
      this.#context.emit("database-failed", error);
    } finally {
      this.#endLeases(batch.map(({ lease }) => lease));
    }
  }

  async #writeBatch(batch: readonly StatusCall[]): Promise<void> {
    const unsent = batch.filter(({ result }) => result.outcome === "not-sent");
    if (unsent.length > 0) await this.#leases.releaseUnsent(unsent.map(({ lease }) => lease));
    const absent = batch.filter(({ result }) => result.outcome === "absent");
    const final = absent.length > 0 ? await this.#leases.countAbsent(absent.map(({ lease }) => lease)) : new Set();
    const isFinal = ({ lease }: StatusCall) => final.has(lease.data.txn_id);
    await inLanes(batch, (call) => {
      const decision = isFinal(call) ? notFound : decisionOfStatus(call.result);
      return decision ? this.#settle(call.lease, decision) : Promise.resolve();
    });
    const undecided = batch.filter((call) => !isFinal(call)).flatMap(undecidedCall);
    if (undecided.length > 0) await this.#leases.returnUndecided(undecided);
  }

  /** If this fails, the lease expires and the hub is asked again; the other results are written all the same. */
  async #settle(lease: Lease, decision: Decision): Promise<void> {
    try {
      await this.#settlements.settleOrKeep(lease.data.txn_id, decision, lease);
    } catch (error) {
      this.#context.emit("database-failed", error);
    }
  }
}

function undecidedCall({ lease, result }: StatusCall): UndecidedCall[] {
  if (result.outcome !== "absent" && result.outcome !== "unknown") return [];
  const retryAfterMs = result.outcome === "unknown" ? result.retryAfterMs : undefined;
  return [{ lease, answer: summarise(result), retryAfterMs }];
}
