import type { Storage } from "./database.ts";
import { freshHubState, type HubState } from "./hub-state.ts";

/** The state of the hub in the database: changed by compare-and-set, on the database's clock. */
export class HubStateTable {
  readonly #storage: Storage;
  readonly #queue: string;

  constructor(storage: Storage, queue: string) {
    this.#storage = storage;
    this.#queue = queue;
  }

  /** Changes the state and returns the result of the change. A change that returns the same state writes nothing. */
  async change<T>(change: (state: HubState, nowMs: number) => [HubState, T]): Promise<T> {
    const { db, schema } = this.#storage;
    for (;;) {
      const { rows } = await db.executeSql(
        `SELECT (extract(epoch FROM ${schema}.job_now()) * 1000)::float8 AS now_ms, pace.version, pace.state
         FROM (SELECT 1) one LEFT JOIN ${schema}.operation_pace pace ON queue = $1`,
        [this.#queue],
      );
      const { now_ms: nowMs, version, state } = rows[0] as Row;
      const [changed, result] = change(state ?? freshHubState, nowMs);
      if (changed === state || (await this.#write(version, changed))) return result;
    }
  }

  async #write(version: number | null, state: HubState): Promise<boolean> {
    const { db, schema } = this.#storage;
    const text = JSON.stringify(state);
    const insert = `INSERT INTO ${schema}.operation_pace VALUES ($1, 1, $2::jsonb) ON CONFLICT DO NOTHING RETURNING 1`;
    const update = `UPDATE ${schema}.operation_pace SET version = version % 1000000000 + 1, state = $3::jsonb
      WHERE queue = $1 AND version = $2 RETURNING 1`;
    const isFirst = version === null;
    const { rows } = isFirst
      ? await db.executeSql(insert, [this.#queue, text])
      : await db.executeSql(update, [this.#queue, version, text]);
    return rows.length > 0;
  }
}

interface Row {
  now_ms: number;
  version: number | null;
  state: HubState | null;
}
