/** What all processes share about the hub, in Unix milliseconds. Stored in the table `operation_pace` under these names. */
export interface HubState {
  /** Rate limit: no further call may start before this time. */
  readonly nextAtMs: number;
  /** Circuit breaker: the circuit is open until this time, and nobody calls. */
  readonly pausedUntilMs: number;
  /** Circuit breaker: how often in a row the hub was found down; 0 means that the circuit is closed. */
  readonly pauses: number;
  /** When the circuit was closed again. */
  readonly resumedAtMs: number;
  /** When each process last reported. */
  readonly workers: { readonly [id: string]: number };
}

export const freshHubState: HubState = { nextAtMs: 0, pausedUntilMs: 0, pauses: 0, resumedAtMs: 0, workers: {} };
