import type { Storage } from "../storage/database.ts";

/** The state of the rate limit and of the circuit breaker, which all processes share. Times are Unix milliseconds. */
export interface HubState {
  /** Rate limit: no further call may start before this time. */
  readonly nextAtMs: number;
  /** Circuit breaker: open until this time, in which nobody calls. */
  readonly pausedUntilMs: number;
  /** Circuit breaker: how many times in a row the hub was found down; 0 means closed. */
  readonly pauses: number;
  /** When the circuit breaker last closed. */
  readonly resumedAtMs: number;
  /** When each process last took part. */
  readonly workers: { readonly [id: string]: number };
}

export const initialHubState: HubState = { nextAtMs: 0, pausedUntilMs: 0, pauses: 0, resumedAtMs: 0, workers: {} };

/** Reads and changes the shared state by compare-and-set, on the database's clock. Its table is `operation_pace`. */
export class HubStateTable {
  readonly #storage: Storage;
  readonly #queue: string;

  constructor(storage: Storage, queue: string) {
    this.#storage = storage;
    this.#queue = queue;
  }

  /** Changes the state and returns the change's result. A change that returns the same state writes nothing. */
  async change<T>(change: (state: HubState, nowMs: number) => [HubState, T]): Promise<T> {
    const { db, schema } = this.#storage;
    for (;;) {
      const { rows } = await db.executeSql(
        `SELECT (extract(epoch FROM ${schema}.job_now()) * 1000)::float8 AS now_ms, pace.version, pace.state
         FROM (SELECT 1) one LEFT JOIN ${schema}.operation_pace pace ON queue = $1`,
        [this.#queue],
      );
      const {
        now_ms: nowMs,
        version,
        state,
      } = rows[0] as {
        now_ms: number;
        version: number | null;
        state: HubState | null;
      };
      const [changed, result] = change(state ?? initialHubState, nowMs);
      if (changed === state) return result;
      const written = version === null ? await this.#insert(changed) : await this.#update(changed, version);
      if (written) return result;
    }
  }

  async #insert(state: HubState): Promise<boolean> {
    const { rows } = await this.#storage.db.executeSql(
      `INSERT INTO ${this.#storage.schema}.operation_pace VALUES ($1, 1, $2::jsonb) ON CONFLICT DO NOTHING RETURNING 1`,
      [this.#queue, JSON.stringify(state)],
    );
    return rows.length > 0;
  }

  async #update(state: HubState, version: number): Promise<boolean> {
    const { rows } = await this.#storage.db.executeSql(
      `UPDATE ${this.#storage.schema}.operation_pace SET version = version % 1000000000 + 1, state = $3::jsonb
       WHERE queue = $1 AND version = $2 RETURNING 1`,
      [this.#queue, version, JSON.stringify(state)],
    );
    return rows.length > 0;
  }
}
