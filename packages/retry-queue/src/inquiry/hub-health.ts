import type { StatusResult } from "@codegames/client";
import { limitRetryAfterMs } from "../operations/jobs.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import { closeCircuit, openCircuit } from "./circuit-breaker.ts";
import type { HubStateTable } from "./hub-state-table.ts";

/** Counts status calls without an answer of the hub: many in a row open the circuit breaker of all processes. */
export class HubHealth {
  readonly #context: QueueContext;
  readonly #hubState: HubStateTable;
  #failuresInARow = 0;

  constructor(context: QueueContext, hubState: HubStateTable) {
    this.#context = context;
    this.#hubState = hubState;
  }

  /** Whether this process takes the hub for down. */
  get isDown(): boolean {
    return this.#failuresInARow >= this.#context.policy.pauseAfterFailures;
  }

  /** Another process has found the hub up again. */
  forgetFailures(): void {
    this.#failuresInARow = 0;
  }

  /** Notes the result of a call. A good trial call closes the circuit breaker. */
  async note(result: StatusResult, isTrial: boolean): Promise<void> {
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
    if (!this.isDown && !isTrial && !isAsked) return;
    const askedMs = isAsked ? limitRetryAfterMs(policy, failed.retryAfterMs) : 0;
    const wasClosed = await this.#hubState.change((state, nowMs) => [
      openCircuit(state, nowMs, policy, isTrial, askedMs),
      state.pauses === 0,
    ]);
    if (wasClosed) emit("paused", { reason: failed.detail });
  }
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
