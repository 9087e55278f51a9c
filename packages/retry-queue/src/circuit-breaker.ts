import type { HubState } from "./hub-state.ts";
import type { Policy } from "./options.ts";

/**
 * The circuit breaker: while the hub is down, nobody calls it. Closed, calls flow. Open, nobody calls for a while. Half-open,
 * one process makes one call to find out whether the hub is up.
 */

/** Time until the circuit is half-open: 1 s, 2 s, 4 s, … after each failure in a row, and at most `maxPauseSeconds`. */
export const pauseMs = (pauses: number, { maxPauseSeconds }: Policy) =>
  Math.min(1000 * 2 ** Math.min(pauses - 1, 20), maxPauseSeconds * 1000);

/**
 * Opens the circuit: the hub is down, or asks for a pause of `retryAfterMs`. Of many calls that fail at once, and of all calls
 * but the half-open one meanwhile, one counts.
 */
export function openCircuit(
  state: HubState,
  nowMs: number,
  policy: Policy,
  isHalfOpen: boolean,
  retryAfterMs = 0,
): HubState {
  const isKnown = !isHalfOpen && nowMs < state.pausedUntilMs;
  const pauses = isKnown ? state.pauses : state.pauses + 1;
  const minimumMs = isKnown ? state.pausedUntilMs : nowMs + pauseMs(pauses, policy);
  const pausedUntilMs = Math.max(minimumMs, nowMs + retryAfterMs);
  return pausedUntilMs === state.pausedUntilMs ? state : { ...state, pauses: Math.max(1, pauses), pausedUntilMs };
}

/** Closes the circuit: the hub answers again. */
export const closeCircuit = (state: HubState, nowMs: number): HubState =>
  state.pauses === 0 ? state : { ...state, pauses: 0, pausedUntilMs: 0, nextAtMs: nowMs, resumedAtMs: nowMs };
