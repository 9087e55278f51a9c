import { addJob, periodSeconds } from "./job.ts";
import { type Operation, operationColumns, operationOf, type OperationRow, type OperationState } from "./operation.ts";
import { QueueError } from "./queue-error.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";

/** An entry of the audit trail of an operation. */
export interface AuditEvent {
  readonly at: Date;
  readonly kind: string;
  readonly detail: Record<string, unknown>;
}

/** When an operation is asked about next, and how often it was. */
export interface Schedule {
  readonly attempts: number;
  readonly nextAt: Date | undefined;
  readonly lastAnswer: Record<string, unknown> | undefined;
}

/** What is open, and what needs a person. */
export interface OpenCounts {
  pending: number;
  /** Age of the oldest pending operation, in seconds; 0 when there is none. */
  oldestSeconds: number;
  /** Operations that wait for a person, by the reason. */
  attention: { unresolved: number; "key-missing": number; conflict: number };
  /** Whether the hub counts as down. */
  isPaused: boolean;
}

/** What people see and do about operations. */
export class Backlog {
  readonly #context: QueueContext;

  constructor(context: QueueContext) {
    this.#context = context;
  }

  get #table() {
    return operationTable(this.#context);
  }

  async #list(condition: string, values: unknown[]): Promise<Operation[]> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND ${condition}`, [this.#context.name, ...values],
    );
    return rows.map((row: OperationRow) => operationOf(row));
  }

  async find(txnId: string): Promise<Operation | undefined> {
    return (await this.#list("txn_id = $2", [txnId]))[0];
  }

  async existing(txnId: string): Promise<Operation> {
    const operation = await this.find(txnId);
    if (!operation) throw new QueueError("unknown-operation", `There is no operation with txn_id ${JSON.stringify(txnId)} in the queue ${this.#context.name}`);
    return operation;
  }

  inNeed(limit: number): Promise<Operation[]> {
    return this.#list("attention IS NOT NULL ORDER BY created_at LIMIT $2", [limit]);
  }

  list(states: readonly OperationState[], limit: number): Promise<Operation[]> {
    return this.#list("state = ANY($2) ORDER BY created_at LIMIT $3", [states, limit]);
  }

  async schedule(operationId: string): Promise<Schedule> {
    const [job] = await this.#context.storage.boss.findJobs(statusQueue(this.#context), { id: operationId });
    if (!job) return { attempts: 0, nextAt: undefined, lastAnswer: undefined };
    const { rows } = await this.#context.storage.db.executeSql(`SELECT unsent_claims FROM ${this.#table} WHERE id = $1`, [operationId]);
    const claims = job.startedOn ? job.retryCount + 1 : 0;
    return {
      attempts: Math.max(0, claims - (rows[0]?.unsent_claims ?? 0)),
      nextAt: job.state === "created" || job.state === "retry" ? job.startAfter : undefined,
      lastAnswer: (job.output as Record<string, unknown> | null) ?? undefined,
    };
  }

  async history(txnId: string): Promise<AuditEvent[]> {
    const { name, storage: { db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT (extract(epoch FROM at) * 1000)::float8 AS at, kind, detail FROM ${schema}.operation_event WHERE queue = $1 AND txn_id = $2 ORDER BY at`, [name, txnId],
    );
    return rows.map(({ at, kind, detail }) => ({ at: new Date(at), kind, detail }));
  }

  /** Closes what waits for a person. False when it does not, and when what was sold is to be refunded. */
  async resolve(txnId: string, decision: "delivered" | "refunded", note: string): Promise<boolean> {
    const { name, storage: { boss, transaction } } = this.#context;
    const settlement = { outcome: decision === "delivered" ? "succeeded" : "cancelled", by: "person", keyMissing: false };
    return transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table}
         SET attention = NULL, settled_at = COALESCE(settled_at, ${now(this.#context)}), decision = NULL,
           settlement = CASE WHEN state = 'unresolved' THEN $3::jsonb ELSE settlement END,
           state = CASE WHEN state = 'unresolved' THEN 'resolved' ELSE state END
         WHERE queue = $1 AND txn_id = $2 AND attention IS NOT NULL AND NOT (attention = 'key-missing' AND $4) RETURNING id::text AS id`, [name, txnId, JSON.stringify(settlement), decision === "refunded"],
      );
      if (rows.length === 0) return false;
      await boss.deleteJob(unresolvedQueue(this.#context), rows[0].id, { db: tx });
      await noteEvent(this.#context, txnId, "resolved", { decision, note }, tx);
      return true;
    });
  }

  /** Opens unresolved operations again, one or all. Gives how many. */
  async redrive(txnId?: string): Promise<number> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT txn_id FROM ${this.#table} WHERE queue = $1 AND state = 'unresolved' AND ($2::text IS NULL OR txn_id = $2) ORDER BY created_at`, [this.#context.name, txnId ?? null],
    );
    let count = 0;
    for (const { txn_id } of rows) if (await this.#redrive(txn_id)) count++;
    return count;
  }

  #redrive(txnId: string): Promise<boolean> {
    const { name, storage: { boss, transaction } } = this.#context;
    return transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table} SET state = 'pending', attention = NULL, absent_count = 0, absent_claim = -1, unsent_claims = 0
         WHERE queue = $1 AND txn_id = $2 AND state = 'unresolved' RETURNING id::text AS id`, [name, txnId],
      );
      if (rows.length === 0) return false;
      const { id } = rows[0];
      await boss.deleteJob(unresolvedQueue(this.#context), id, { db: tx });
      await boss.deleteJob(statusQueue(this.#context), id, { db: tx });
      await addJob(this.#context, id, { txn_id: txnId }, 0, tx);
      await noteEvent(this.#context, txnId, "redriven", {}, tx);
      return true;
    });
  }

  /** Gives open operations another job whose own is gone, such as by a purge of the queue in a dashboard. */
  async replaceLostJobs(): Promise<number> {
    const { name, storage: { boss, db, schema, transaction } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT txn_id, id::text AS id, state, decision IS NOT NULL AS is_decided FROM ${this.#table} o WHERE queue = $1 AND state IN ('pending', 'not-sent')
       AND NOT EXISTS (SELECT 1 FROM ${schema}.job j WHERE j.name = $2 AND j.id = o.id AND j.state IN ('created', 'retry', 'active'))`,
      [name, statusQueue(this.#context)],
    );
    for (const { txn_id, id, state, is_decided } of rows) {
      const task = is_decided ? "settle" : state === "not-sent" ? "close" : undefined;
      await transaction(async (tx) => {
        await boss.deleteJob(statusQueue(this.#context), id, { db: tx });
        await addJob(this.#context, id, { txn_id, ...(task && { task }) }, periodSeconds(this.#context), tx);
      });
    }
    return rows.length;
  }

  async counts(): Promise<OpenCounts> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT (SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND state IN ('pending', 'not-sent'))::int AS pending,
         COALESCE(extract(epoch FROM ${now(this.#context)} - (SELECT min(created_at) FROM ${this.#table} WHERE queue = $1 AND state IN ('pending', 'not-sent'))), 0)::float8 AS oldest,
         (SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND attention = 'unresolved')::int AS unresolved,
         (SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND attention = 'key-missing')::int AS key_missing,
         (SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND attention = 'conflict')::int AS conflict,
         COALESCE((SELECT (state->>'pauses')::int > 0 FROM ${this.#context.storage.schema}.operation_pace WHERE queue = $1), false) AS is_paused`, [this.#context.name],
    );
    const { pending, oldest, unresolved, key_missing, conflict, is_paused: isPaused } = rows[0];
    return { pending, isPaused, oldestSeconds: Math.max(0, oldest), attention: { unresolved, "key-missing": key_missing, conflict } };
  }
}
