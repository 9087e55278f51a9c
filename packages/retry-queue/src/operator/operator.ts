import { addJob, drawPeriodSeconds } from "../operations/jobs.ts";
import {
  type Operation,
  operationColumns,
  operationOf,
  type OperationRow,
  type OperationState,
} from "../operations/operation.ts";
import {
  noteEvent,
  nowSql,
  operationTable,
  type QueueContext,
  statusQueue,
  unresolvedQueue,
} from "../operations/queue-context.ts";
import { toStored } from "../operations/settlement.ts";
import { QueueError } from "../queue-error.ts";

/** The operator's finding: `delivered` when the product was sold, `refunded` when it was not. */
export type Resolution = "delivered" | "refunded";

/** An entry of the audit trail of an operation. */
export interface AuditEvent {
  readonly at: Date;
  readonly kind: string;
  readonly detail: Record<string, unknown>;
}

/** The status calls of an operation: how many were made, and when the next one is due. */
export interface Schedule {
  readonly attempts: number;
  /** Undefined when no call is due any more, or one is under way. */
  readonly nextAt: Date | undefined;
  readonly lastAnswer: Record<string, unknown> | undefined;
}

/** How many operations are open, and how many wait for the operator. */
export interface OpenCounts {
  pending: number;
  /** Age of the oldest pending operation, in seconds; 0 when none is pending. */
  oldestSeconds: number;
  /** Operations that wait for the operator, by the reason. */
  attention: { unresolved: number; "key-missing": number; conflict: number };
  /** Whether the circuit breaker is open or half-open: the hub counts as down. */
  isPaused: boolean;
}

/** The operator's view: list, inspect, resolve and redrive operations. */
export class Operator {
  readonly #context: QueueContext;

  constructor(context: QueueContext) {
    this.#context = context;
  }

  get #table() {
    return operationTable(this.#context);
  }

  async #select(condition: string, values: unknown[]): Promise<Operation[]> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND ${condition}`,
      [this.#context.name, ...values],
    );
    return rows.map((row: OperationRow) => operationOf(row));
  }

  async find(txnId: string): Promise<Operation | undefined> {
    return (await this.#select("txn_id = $2", [txnId]))[0];
  }

  /** Like `find`, but throws `unknown-operation` when there is none. */
  async existing(txnId: string): Promise<Operation> {
    const operation = await this.find(txnId);
    if (operation) return operation;
    const quoted = JSON.stringify(txnId);
    throw new QueueError(
      "unknown-operation",
      `There is no operation with txn_id ${quoted} in the queue ${this.#context.name}`,
    );
  }

  listWaiting(limit: number): Promise<Operation[]> {
    return this.#select("attention IS NOT NULL ORDER BY created_at LIMIT $2", [limit]);
  }

  list(states: readonly OperationState[], limit: number): Promise<Operation[]> {
    return this.#select("state = ANY($2) ORDER BY created_at LIMIT $3", [states, limit]);
  }

  async readSchedule(operationId: string): Promise<Schedule> {
    const { db, boss } = this.#context.storage;
    const [job] = await boss.findJobs(statusQueue(this.#context), { id: operationId });
    if (!job) return { attempts: 0, nextAt: undefined, lastAnswer: undefined };
    const { rows } = await db.executeSql(`SELECT unsent_claims FROM ${this.#table} WHERE id = $1`, [operationId]);
    const leases = job.startedOn ? job.retryCount + 1 : 0;
    return {
      attempts: Math.max(0, leases - (rows[0]?.unsent_claims ?? 0)),
      nextAt: job.state === "created" || job.state === "retry" ? job.startAfter : undefined,
      lastAnswer: (job.output as Record<string, unknown> | null) ?? undefined,
    };
  }

  async readAuditTrail(txnId: string): Promise<AuditEvent[]> {
    const {
      name,
      storage: { db, schema },
    } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT (extract(epoch FROM at) * 1000)::float8 AS at, kind, detail FROM ${schema}.operation_event
       WHERE queue = $1 AND txn_id = $2 ORDER BY at`,
      [name, txnId],
    );
    return rows.map(({ at, kind, detail }) => ({ at: new Date(at), kind, detail }));
  }

  /**
   * Closes an operation that waits for the operator. Returns false when it does not wait, and when a sold one is to be
   * refunded.
   */
  async resolve(txnId: string, resolution: Resolution, note: string): Promise<boolean> {
    const {
      name,
      storage: { boss, transaction },
    } = this.#context;
    const outcome = resolution === "delivered" ? "succeeded" : "cancelled";
    const settlement = toStored({
      outcome,
      by: "person",
      status: undefined,
      partner_txn_id: undefined,
      isKeyMissing: false,
    });
    return transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table}
         SET attention = NULL, settled_at = COALESCE(settled_at, ${nowSql(this.#context)}), decision = NULL,
           settlement = CASE WHEN state = 'unresolved' THEN $3::jsonb ELSE settlement END,
           state = CASE WHEN state = 'unresolved' THEN 'resolved' ELSE state END
         WHERE queue = $1 AND txn_id = $2 AND attention IS NOT NULL AND NOT (attention = 'key-missing' AND $4)
         RETURNING id::text AS id`,
        [name, txnId, JSON.stringify(settlement), resolution === "refunded"],
      );
      if (rows.length === 0) return false;
      await boss.deleteJob(unresolvedQueue(this.#context), rows[0].id, { db: tx });
      // Audit trails in use hold the resolution under the name `decision`.
      await noteEvent(this.#context, txnId, "resolved", { decision: resolution, note }, tx);
      return true;
    });
  }

  /** Makes one or all unresolved operations pending again. Returns how many. */
  async redrive(txnId?: string): Promise<number> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT txn_id FROM ${this.#table}
       WHERE queue = $1 AND state = 'unresolved' AND ($2::text IS NULL OR txn_id = $2) ORDER BY created_at`,
      [this.#context.name, txnId ?? null],
    );
    let count = 0;
    for (const { txn_id } of rows) if (await this.#redriveOne(txn_id)) count++;
    return count;
  }

  #redriveOne(txnId: string): Promise<boolean> {
    const {
      name,
      storage: { boss, transaction },
    } = this.#context;
    return transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table}
         SET state = 'pending', attention = NULL, absent_count = 0, absent_claim = -1, unsent_claims = 0
         WHERE queue = $1 AND txn_id = $2 AND state = 'unresolved' RETURNING id::text AS id`,
        [name, txnId],
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

  /** Adds a job to open operations that have lost theirs, for example after someone purged the queue in a dashboard. */
  async replaceLostJobs(): Promise<number> {
    const {
      name,
      storage: { boss, db, schema, transaction },
    } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT txn_id, id::text AS id, state, decision IS NOT NULL AS is_decided FROM ${this.#table} o
       WHERE queue = $1 AND state IN ('pending', 'not-sent') AND NOT EXISTS (
         SELECT 1 FROM ${schema}.job j WHERE j.name = $2 AND j.id = o.id AND j.state IN ('created', 'retry', 'active')
       )`,
      [name, statusQueue(this.#context)],
    );
    for (const { txn_id: txnId, id, state, is_decided: isDecided } of rows) {
      const undecidedTask = state === "not-sent" ? "close" : undefined;
      const task = isDecided ? "settle" : undecidedTask;
      await transaction(async (tx) => {
        await boss.deleteJob(statusQueue(this.#context), id, { db: tx });
        const data = { txn_id: txnId, ...(task && ({ task } as const)) };
        await addJob(this.#context, id, data, drawPeriodSeconds(this.#context), tx);
      });
    }
    return rows.length;
  }

  async count(): Promise<OpenCounts> {
    const {
      name,
      storage: { db, schema },
    } = this.#context;
    const open = `FROM ${this.#table} WHERE queue = $1 AND state IN ('pending', 'not-sent')`;
    const waiting = (attention: string) =>
      `(SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND attention = '${attention}')::int`;
    const { rows } = await db.executeSql(
      `SELECT (SELECT count(*) ${open})::int AS pending,
         COALESCE(extract(epoch FROM ${nowSql(this.#context)} - (SELECT min(created_at) ${open})), 0)::float8 AS oldest,
         ${waiting("unresolved")} AS unresolved, ${waiting("key-missing")} AS key_missing,
         ${waiting("conflict")} AS conflict,
         COALESCE(
           (SELECT (state->>'pauses')::int > 0 FROM ${schema}.operation_pace WHERE queue = $1), false
         ) AS is_paused`,
      [name],
    );
    const { pending, oldest, unresolved, key_missing: keyMissing, conflict, is_paused: isPaused } = rows[0];
    const attention = { unresolved, "key-missing": keyMissing, conflict };
    return { pending, isPaused, oldestSeconds: Math.max(0, oldest), attention };
  }
}
