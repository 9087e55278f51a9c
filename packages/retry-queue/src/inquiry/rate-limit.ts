import type { Policy } from "../policy.ts";
import { circuitStateOf, reserveTrial } from "./circuit-breaker.ts";
import type { HubState } from "./hub-state-table.ts";

/** How many operations a process may ask about now. */
export interface CallPermit {
  /** How many operations the process may lease; 0 means none before `waitMs` is over. */
  readonly count: number;
  readonly waitMs: number;
  /** The circuit breaker is half-open: the process makes one trial call. */
  readonly isTrial: boolean;
  /** How many calls the process may have under way. */
  readonly concurrency: number;
}

/** How far ahead calls are permitted. */
const horizonMs = 1000;

/** A process that is silent for this long counts as gone. */
const goneMs = 10_000;

/** Calls per second now: after a pause they rise from a tenth to the whole within `rampSeconds`. */
export function rateAt({ resumedAtMs }: HubState, nowMs: number, { callsPerSecond, rampSeconds }: Policy): number {
  const share = rampSeconds === 0 ? 1 : Math.min(1, Math.max(0.1, (nowMs - resumedAtMs) / (rampSeconds * 1000)));
  return share === 1 ? callsPerSecond : callsPerSecond * share;
}

/** Permits a process its next calls, within the rate limit and the circuit breaker, and notes that it takes part. */
export function permitCalls(state: HubState, worker: string, nowMs: number, policy: Policy): [HubState, CallPermit] {
  const [noted, workers] = noteWorker(state, worker, nowMs);
  const concurrency = Math.max(1, Math.floor(policy.concurrency / workers));
  const permit = (count: number, waitMs: number): CallPermit => ({ count, waitMs, isTrial: false, concurrency });
  const circuit = circuitStateOf(state, nowMs);
  if (circuit === "open") return [noted, permit(0, state.pausedUntilMs - nowMs)];
  if (circuit === "half-open") return [reserveTrial(noted, nowMs, policy), { ...permit(1, 0), isTrial: true }];
  const rate = rateAt(state, nowMs, policy);
  if (rate === Number.POSITIVE_INFINITY) return [noted, permit(rate, 0)];
  const aheadMs = Math.max(0, state.nextAtMs - nowMs);
  if (aheadMs >= horizonMs) return [noted, permit(0, aheadMs - horizonMs + 1)];
  return [noted, permit(Math.max(1, Math.floor(((horizonMs - aheadMs) * rate) / 1000)), 0)];
}

/** Changes the state only every 2 s, because each change is a write. */
function noteWorker(state: HubState, worker: string, nowMs: number): [HubState, workers: number] {
  const others = Object.entries(state.workers).filter(([id, at]) => id !== worker && nowMs - at < goneMs);
  const workers = others.length + 1;
  const isRecent = nowMs - (state.workers[worker] ?? 0) < 2000;
  if (isRecent && Object.keys(state.workers).length === workers) return [state, workers];
  return [{ ...state, workers: { ...Object.fromEntries(others), [worker]: nowMs } }, workers];
}

/** The start times of reserved calls: the first at `firstAtMs`, each other one `spacingMs` after the one before. */
export interface CallSlots {
  readonly firstAtMs: number;
  readonly spacingMs: number;
}

export function reserveCalls(state: HubState, count: number, nowMs: number, policy: Policy): [HubState, CallSlots] {
  const spacingMs = 1000 / rateAt(state, nowMs, policy);
  const firstAtMs = Math.max(nowMs, state.nextAtMs);
  return [spacingMs === 0 ? state : { ...state, nextAtMs: firstAtMs + count * spacingMs }, { firstAtMs, spacingMs }];
}
