import type { Policy } from "../policy.ts";
import type { HubState } from "./hub-state-table.ts";

/**
 * - `closed`: the hub is up; everybody calls.
 * - `open`: the hub is down; nobody calls until the pause is over.
 * - `half-open`: one process makes one trial call, to find out whether the hub is up again.
 */
export type CircuitState = "closed" | "open" | "half-open";

export function circuitStateOf({ pausedUntilMs, pauses }: HubState, nowMs: number): CircuitState {
  if (nowMs < pausedUntilMs) return "open";
  return pauses > 0 ? "half-open" : "closed";
}

/** How long the circuit stays open: 1 s, 2 s, 4 s, … and at most `maxPauseSeconds`. */
export const pauseMs = (pauses: number, { maxPauseSeconds }: Policy) =>
  Math.min(1000 * 2 ** Math.min(pauses - 1, 20), maxPauseSeconds * 1000);

/**
 * Lets one process make the trial call: the others wait for its result. If that process dies, the next trial call comes
 * after one more pause.
 */
export function reserveTrial(state: HubState, nowMs: number, policy: Policy): HubState {
  return { ...state, pausedUntilMs: nowMs + pauseMs(state.pauses, policy) };
}

/**
 * Opens the circuit, because the hub is down or asks for a pause of `retryAfterMs`. Many calls find the hub down at
 * once: while the circuit is open, only the trial call counts as another failure.
 */
export function openCircuit(
  state: HubState,
  nowMs: number,
  policy: Policy,
  isTrial: boolean,
  retryAfterMs = 0,
): HubState {
  const isKnown = !isTrial && nowMs < state.pausedUntilMs;
  const pauses = isKnown ? state.pauses : state.pauses + 1;
  const pauseEndMs = isKnown ? state.pausedUntilMs : nowMs + pauseMs(pauses, policy);
  const pausedUntilMs = Math.max(pauseEndMs, nowMs + retryAfterMs);
  return pausedUntilMs === state.pausedUntilMs ? state : { ...state, pauses: Math.max(1, pauses), pausedUntilMs };
}

/** Closes the circuit after a hub answer; the rate limit then rises slowly. */
export const closeCircuit = (state: HubState, nowMs: number): HubState =>
  state.pauses === 0 ? state : { ...state, pauses: 0, pausedUntilMs: 0, nextAtMs: nowMs, resumedAtMs: nowMs };
