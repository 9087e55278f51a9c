import type { Storage } from "./database.ts";
import { freshPace, type PaceState } from "./pace.ts";

/** The pace in the database: changed by compare-and-set, on the database's clock. */
export class PaceTable {
  readonly #storage: Storage;
  readonly #queue: string;

  constructor(storage: Storage, queue: string) {
    this.#storage = storage;
    this.#queue = queue;
  }

  /** Changes the state and gives what the change gives; one that gives the same state writes nothing. */
  async change<T>(change: (state: PaceState, nowMs: number) => [PaceState, T]): Promise<T> {
    const { db, schema } = this.#storage;
    for (;;) {
      const { rows } = await db.executeSql(
        `SELECT (extract(epoch FROM ${schema}.job_now()) * 1000)::float8 AS now_ms, pace.version, pace.state
         FROM (SELECT 1) one LEFT JOIN ${schema}.operation_pace pace ON queue = $1`, [this.#queue],
      );
      const { now_ms: nowMs, version, state } = rows[0] as { now_ms: number; version: number | null; state: PaceState | null };
      const [changed, result] = change(state ?? freshPace, nowMs);
      if (changed === state) return result;
      const written = version === null
        ? await db.executeSql(`INSERT INTO ${schema}.operation_pace VALUES ($1, 1, $2::jsonb) ON CONFLICT DO NOTHING RETURNING 1`, [this.#queue, JSON.stringify(changed)])
        : await db.executeSql(
          `UPDATE ${schema}.operation_pace SET version = version % 1000000000 + 1, state = $3::jsonb WHERE queue = $1 AND version = $2 RETURNING 1`,
          [this.#queue, version, JSON.stringify(changed)],
        );
      if (written.rows.length > 0) return result;
    }
  }
}
