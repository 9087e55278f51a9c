import type { Policy } from "./options.ts";

/** What all processes share about the hub, in Unix milliseconds. */
export interface PaceState {
  /** Before this time no further call may start. */
  readonly nextAtMs: number;
  /** Before this time nobody calls. */
  readonly pausedUntilMs: number;
  /** How often in a row the hub was found to be down; 0: it is up. */
  readonly pauses: number;
  /** When it was up again. */
  readonly resumedAtMs: number;
  /** When each process was last heard of. */
  readonly workers: { readonly [id: string]: number };
}

export const freshPace: PaceState = { nextAtMs: 0, pausedUntilMs: 0, pauses: 0, resumedAtMs: 0, workers: {} };

/** What a process may do next. */
export interface Turn {
  /** How many operations it may take; 0: none before `waitMs` is over. */
  readonly count: number;
  readonly waitMs: number;
  /** The one call that finds out whether the hub is up again. */
  readonly isTrial: boolean;
  /** How many calls it may have under way. */
  readonly concurrency: number;
}

/** How far ahead calls are promised, and after which silence a process counts as gone. */
const horizonMs = 1000;
const goneMs = 10_000;

/** Calls per second now: after a pause they rise from a tenth to the whole within `rampSeconds`. */
export function rateAt({ resumedAtMs }: PaceState, nowMs: number, { callsPerSecond, rampSeconds }: Policy): number {
  const share = rampSeconds === 0 ? 1 : Math.min(1, Math.max(0.1, (nowMs - resumedAtMs) / (rampSeconds * 1000)));
  return share === 1 ? callsPerSecond : callsPerSecond * share;
}

/** Trials come after 1 s, 2 s, 4 s, … and at most `maxPauseSeconds`. */
export const pauseMs = (pauses: number, { maxPauseSeconds }: Policy) => Math.min(1000 * 2 ** Math.min(pauses - 1, 20), maxPauseSeconds * 1000);

/** Tells a process what it may do, and the others that it is there. */
export function takeTurn(state: PaceState, worker: string, nowMs: number, policy: Policy): [PaceState, Turn] {
  const [noted, alive] = noteWorker(state, worker, nowMs);
  const concurrency = Math.max(1, Math.floor(policy.concurrency / alive));
  if (nowMs < state.pausedUntilMs) return [noted, { count: 0, waitMs: state.pausedUntilMs - nowMs, isTrial: false, concurrency }];
  if (state.pauses > 0) {
    // The others wait for the one on trial; should it die, the next trial comes after the pause.
    return [{ ...noted, pausedUntilMs: nowMs + pauseMs(state.pauses, policy) }, { count: 1, waitMs: 0, isTrial: true, concurrency }];
  }
  const rate = rateAt(state, nowMs, policy);
  if (rate === Number.POSITIVE_INFINITY) return [noted, { count: Number.POSITIVE_INFINITY, waitMs: 0, isTrial: false, concurrency }];
  const aheadMs = Math.max(0, state.nextAtMs - nowMs);
  const count = aheadMs >= horizonMs ? 0 : Math.max(1, Math.floor(((horizonMs - aheadMs) * rate) / 1000));
  return [noted, { count, waitMs: count > 0 ? 0 : aheadMs - horizonMs + 1, isTrial: false, concurrency }];
}

/** Changes the state only every 2 s, as a change is a write. */
function noteWorker(state: PaceState, worker: string, nowMs: number): [PaceState, alive: number] {
  const others = Object.entries(state.workers).filter(([id, at]) => id !== worker && nowMs - at < goneMs);
  const alive = others.length + 1;
  if (nowMs - (state.workers[worker] ?? 0) < 2000 && Object.keys(state.workers).length === alive) return [state, alive];
  return [{ ...state, workers: { ...Object.fromEntries(others), [worker]: nowMs } }, alive];
}

/** Keeps room for calls: the first may start at `firstAtMs`, each other `spacingMs` after the one before it. */
export function reserve(state: PaceState, count: number, nowMs: number, policy: Policy): [PaceState, { firstAtMs: number; spacingMs: number }] {
  const spacingMs = 1000 / rateAt(state, nowMs, policy);
  const firstAtMs = Math.max(nowMs, state.nextAtMs);
  return [spacingMs === 0 ? state : { ...state, nextAtMs: firstAtMs + count * spacingMs }, { firstAtMs, spacingMs }];
}

/** The hub is down, or asks for a pause of `retryAfterMs`. Of the many calls that tell so at once, and of all but the trial meanwhile, one counts. */
export function pause(state: PaceState, nowMs: number, policy: Policy, isTrial: boolean, retryAfterMs = 0): PaceState {
  const isKnown = !isTrial && nowMs < state.pausedUntilMs;
  const pauses = isKnown ? state.pauses : state.pauses + 1;
  const pausedUntilMs = Math.max(isKnown ? state.pausedUntilMs : nowMs + pauseMs(pauses, policy), nowMs + retryAfterMs);
  return pausedUntilMs === state.pausedUntilMs ? state : { ...state, pauses: Math.max(1, pauses), pausedUntilMs };
}

/** The hub answers again. */
export const resume = (state: PaceState, nowMs: number): PaceState =>
  state.pauses === 0 ? state : { ...state, pauses: 0, pausedUntilMs: 0, nextAtMs: nowMs, resumedAtMs: nowMs };
