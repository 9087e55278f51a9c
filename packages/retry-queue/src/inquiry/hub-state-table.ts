import type { Storage } from "../storage/database.ts";
import type { Db } from "../storage/db.ts";
import { statementsIn } from "../storage/statements.ts";

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

/** `$1` is the queue. */
const hubStateStatements = {
  read: `SELECT (extract(epoch FROM :schema.job_now()) * 1000)::float8 AS now_ms, pace.version, pace.state
    FROM (SELECT 1) one LEFT JOIN :schema.operation_pace pace ON queue = $1`,

  insert: `INSERT INTO :schema.operation_pace (queue, version, state) VALUES ($1, 1, $2::jsonb)
    ON CONFLICT DO NOTHING RETURNING 1`,

  update: `UPDATE :schema.operation_pace SET version = version % 1000000000 + 1, state = $2::jsonb
    WHERE queue = $1 AND version = $3 RETURNING 1`,
} as const;

interface HubStateRow {
  now_ms: number;
  version: number | null;
  state: HubState | null;
}

/** Reads and changes the shared state by compare-and-set, on the database's clock. Its table is `operation_pace`. */
export class HubStateTable {
  readonly #db: Db;
  readonly #queue: string;
  readonly #sql: Readonly<Record<keyof typeof hubStateStatements, string>>;

  constructor({ db, schema }: Storage, queue: string) {
    this.#db = db;
    this.#queue = queue;
    this.#sql = statementsIn(schema, hubStateStatements);
  }

  async #run(statement: keyof typeof hubStateStatements, ...values: unknown[]) {
    return (await this.#db.executeSql(this.#sql[statement], [this.#queue, ...values])).rows;
  }

  /** Changes the state and returns the change's result. A change that returns the same state writes nothing. */
  async change<T>(change: (state: HubState, nowMs: number) => [HubState, T]): Promise<T> {
    for (;;) {
      const [row] = (await this.#run("read")) as [HubStateRow];
      const [changed, result] = change(row.state ?? initialHubState, row.now_ms);
      if (changed === row.state) return result;
      const text = JSON.stringify(changed);
      const { version } = row;
      const written = version === null ? await this.#run("insert", text) : await this.#run("update", text, version);
      if (written.length > 0) return result;
    }
  }
}
