import { pauseMs } from "./circuit-breaker.ts";
import type { HubState } from "./hub-state.ts";
import type { Policy } from "./options.ts";

/** What a process may do next. */
export interface Permit {
  /** How many operations it may lease; 0 means none before `waitMs` is over. */
  readonly count: number;
  readonly waitMs: number;
  /** Whether the circuit is half-open: this process makes the one call that finds out whether the hub is up. */
  readonly isHalfOpen: boolean;
  /** How many calls it may have under way. */
  readonly concurrency: number;
}

/** How far ahead calls are permitted, and the silence after which a process counts as gone. */
const horizonMs = 1000;
const goneMs = 10_000;

/** The rate limit now, in calls per second: after an outage it rises from a tenth to the whole within `rampSeconds`. */
export function rateAt({ resumedAtMs }: HubState, nowMs: number, { callsPerSecond, rampSeconds }: Policy): number {
  const risen = rampSeconds === 0 ? 1 : (nowMs - resumedAtMs) / (rampSeconds * 1000);
  const share = Math.min(1, Math.max(0.1, risen));
  return share === 1 ? callsPerSecond : callsPerSecond * share;
}

/** Gives a process its permit, and notes that the process is alive. */
export function takePermit(state: HubState, worker: string, nowMs: number, policy: Policy): [HubState, Permit] {
  const [noted, alive] = noteWorker(state, worker, nowMs);
  const concurrency = Math.max(1, Math.floor(policy.concurrency / alive));
  const permit = { count: 0, waitMs: 0, isHalfOpen: false, concurrency };
  if (nowMs < state.pausedUntilMs) return [noted, { ...permit, waitMs: state.pausedUntilMs - nowMs }];
  if (state.pauses > 0) {
    // The circuit is half-open. The others wait for the one call; if its process dies, the next one comes after the pause.
    const halfOpen = { ...noted, pausedUntilMs: nowMs + pauseMs(state.pauses, policy) };
    return [halfOpen, { ...permit, count: 1, isHalfOpen: true }];
  }
  const rate = rateAt(state, nowMs, policy);
  if (rate === Number.POSITIVE_INFINITY) return [noted, { ...permit, count: Number.POSITIVE_INFINITY }];
  const aheadMs = Math.max(0, state.nextAtMs - nowMs);
  const count = aheadMs >= horizonMs ? 0 : Math.max(1, Math.floor(((horizonMs - aheadMs) * rate) / 1000));
  return [noted, { ...permit, count, waitMs: count > 0 ? 0 : aheadMs - horizonMs + 1 }];
}

/** Changes the state only every 2 s, because a change is a write. */
function noteWorker(state: HubState, worker: string, nowMs: number): [HubState, alive: number] {
  const others = Object.entries(state.workers).filter(([id, at]) => id !== worker && nowMs - at < goneMs);
  const alive = others.length + 1;
  if (nowMs - (state.workers[worker] ?? 0) < 2000 && Object.keys(state.workers).length === alive) return [state, alive];
  return [{ ...state, workers: { ...Object.fromEntries(others), [worker]: nowMs } }, alive];
}

/** Reserves slots for calls: the first may start at `firstAtMs`, each other `spacingMs` after the one before it. */
export function reserve(
  state: HubState,
  count: number,
  nowMs: number,
  policy: Policy,
): [HubState, { firstAtMs: number; spacingMs: number }] {
  const spacingMs = 1000 / rateAt(state, nowMs, policy);
  const firstAtMs = Math.max(nowMs, state.nextAtMs);
  const reserved = spacingMs === 0 ? state : { ...state, nextAtMs: firstAtMs + count * spacingMs };
  return [reserved, { firstAtMs, spacingMs }];
}
