import { addJob, periodSeconds } from "./job.ts";
import {
  type Operation,
  operationColumns,
  operationOf,
  type OperationRow,
  type OperationState,
  storedSettlement,
} from "./operation.ts";
import { QueueError } from "./queue-error.ts";
import { noteEvent, now, operationTable, type QueueContext, statusQueue, unresolvedQueue } from "./queue-context.ts";

/** An entry of the audit trail of an operation. */
export interface AuditEvent {
  readonly at: Date;
  readonly kind: string;
  readonly detail: Record<string, unknown>;
}

/** The checks of an operation: how many there were, and when the next one is due. */
export interface Schedule {
  readonly attempts: number;
  readonly nextAt: Date | undefined;
  readonly lastAnswer: Record<string, unknown> | undefined;
}

/** Counts of open operations, and of those that wait for a person. */
export interface OpenCounts {
  pending: number;
  /** Age of the oldest pending operation, in seconds; 0 when there is none. */
  oldestSeconds: number;
  /** Operations that wait for a person, by reason. */
  attention: { unresolved: number; "key-missing": number; conflict: number };
  /** Whether the circuit is open because the hub is down. */
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

  async #list(condition: string, values: unknown[]): Promise<Operation[]> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT ${operationColumns} FROM ${this.#table} WHERE queue = $1 AND ${condition}`,
      [this.#context.name, ...values],
    );
    return rows.map((row: OperationRow) => operationOf(row));
  }

  /** Finds an operation; undefined when the queue does not know it. */
  async find(txnId: string): Promise<Operation | undefined> {
    return (await this.#list("txn_id = $2", [txnId]))[0];
  }

  /** @throws A {@link QueueError} with `unknown-operation` when the queue does not know it. */
  async existing(txnId: string): Promise<Operation> {
    const operation = await this.find(txnId);
    if (operation) return operation;
    const problem = `There is no operation with txn_id ${JSON.stringify(txnId)} in the queue ${this.#context.name}`;
    throw new QueueError("unknown-operation", problem);
  }

  /** Lists the operations that wait for a person, oldest first. */
  inNeed(limit: number): Promise<Operation[]> {
    return this.#list("attention IS NOT NULL ORDER BY created_at LIMIT $2", [limit]);
  }

  /** Lists operations by their states, oldest first. */
  list(states: readonly OperationState[], limit: number): Promise<Operation[]> {
    return this.#list("state = ANY($2) ORDER BY created_at LIMIT $3", [states, limit]);
  }

  /** Reads when an operation is checked next, from its job. */
  async schedule(operationId: string): Promise<Schedule> {
    const [job] = await this.#context.storage.boss.findJobs(statusQueue(this.#context), { id: operationId });
    if (!job) return { attempts: 0, nextAt: undefined, lastAnswer: undefined };
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT unsent_claims FROM ${this.#table} WHERE id = $1`,
      [operationId],
    );
    const leases = job.startedOn ? job.retryCount + 1 : 0;
    return {
      attempts: Math.max(0, leases - (rows[0]?.unsent_claims ?? 0)),
      nextAt: job.state === "created" || job.state === "retry" ? job.startAfter : undefined,
      lastAnswer: (job.output as Record<string, unknown> | null) ?? undefined,
    };
  }

  /** Reads the audit trail of an operation, oldest entry first. */
  async history(txnId: string): Promise<AuditEvent[]> {
    const { name, storage: { db, schema } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT (extract(epoch FROM at) * 1000)::float8 AS at, kind, detail FROM ${schema}.operation_event
       WHERE queue = $1 AND txn_id = $2 ORDER BY at`,
      [name, txnId],
    );
    return rows.map(({ at, kind, detail }) => ({ at: new Date(at), kind, detail }));
  }

  /** Closes an operation that waits for a person. Returns false when it does not wait, and for the refund of a sold one. */
  async resolve(txnId: string, resolution: "delivered" | "refunded", note: string): Promise<boolean> {
    const { name, storage: { boss, transaction } } = this.#context;
    const outcome = resolution === "delivered" ? "succeeded" : "cancelled";
    const none = { status: undefined, partner_txn_id: undefined, isKeyMissing: false };
    const settlement = storedSettlement({ outcome, by: "person", ...none });
    return transaction(async (tx) => {
      const { rows } = await tx.executeSql(
        `UPDATE ${this.#table}
         SET attention = NULL, settled_at = COALESCE(settled_at, ${now(this.#context)}), decision = NULL,
           settlement = CASE WHEN state = 'unresolved' THEN $3::jsonb ELSE settlement END,
           state = CASE WHEN state = 'unresolved' THEN 'resolved' ELSE state END
         WHERE queue = $1 AND txn_id = $2 AND attention IS NOT NULL AND NOT (attention = 'key-missing' AND $4)
         RETURNING id::text AS id`,
        [name, txnId, settlement, resolution === "refunded"],
      );
      if (rows.length === 0) return false;
      await boss.deleteJob(unresolvedQueue(this.#context), rows[0].id, { db: tx });
      await noteEvent(this.#context, txnId, "resolved", { decision: resolution, note }, tx);
      return true;
    });
  }

  /** Makes unresolved operations pending again, one or all. Returns how many. */
  async redrive(txnId?: string): Promise<number> {
    const { rows } = await this.#context.storage.db.executeSql(
      `SELECT txn_id FROM ${this.#table}
       WHERE queue = $1 AND state = 'unresolved' AND ($2::text IS NULL OR txn_id = $2) ORDER BY created_at`,
      [this.#context.name, txnId ?? null],
    );
    let count = 0;
    for (const { txn_id } of rows) if (await this.#redrive(txn_id)) count++;
    return count;
  }

  #redrive(txnId: string): Promise<boolean> {
    const { name, storage: { boss, transaction } } = this.#context;
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

  /** Adds jobs for open operations that have lost theirs, for example when somebody purged the queue in a dashboard. */
  async replaceLostJobs(): Promise<number> {
    const { name, storage: { boss, db, schema, transaction } } = this.#context;
    const { rows } = await db.executeSql(
      `SELECT txn_id, id::text AS id, state, decision IS NOT NULL AS is_decided FROM ${this.#table} o
       WHERE queue = $1 AND state IN ('pending', 'not-sent') AND NOT EXISTS (
         SELECT 1 FROM ${schema}.job j
         WHERE j.name = $2 AND j.id = o.id AND j.state IN ('created', 'retry', 'active'))`,
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

  /** Counts open operations, and those that wait for a person. */
  async counts(): Promise<OpenCounts> {
    const { storage, name } = this.#context;
    const open = `${this.#table} WHERE queue = $1 AND state IN ('pending', 'not-sent')`;
    const waiting = (attention: string) =>
      `(SELECT count(*) FROM ${this.#table} WHERE queue = $1 AND attention = '${attention}')::int`;
    const age = `extract(epoch FROM ${now(this.#context)} - (SELECT min(created_at) FROM ${open}))`;
    const paused = `(SELECT (state->>'pauses')::int > 0 FROM ${storage.schema}.operation_pace WHERE queue = $1)`;
    const { rows } = await storage.db.executeSql(
      `SELECT (SELECT count(*) FROM ${open})::int AS pending, COALESCE(${age}, 0)::float8 AS oldest,
         ${waiting("unresolved")} AS unresolved, ${waiting("key-missing")} AS key_missing,
         ${waiting("conflict")} AS conflict, COALESCE(${paused}, false) AS is_paused`,
      [name],
    );
    const { pending, oldest, unresolved, key_missing, conflict, is_paused: isPaused } = rows[0];
    const attention = { unresolved, "key-missing": key_missing, conflict };
    return { pending, isPaused, oldestSeconds: Math.max(0, oldest), attention };
  }
}
