import type { OperationReader } from "../operations/operation-reader.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import type { Operation, OperationState } from "../operations/operation.ts";
import { type QueueContext, statusQueue } from "../operations/queue-context.ts";
import { toStored } from "../operations/settlement.ts";
import { QueueError } from "../queue-error.ts";
import { statementsIn } from "../storage/statements.ts";

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

export interface Counts extends OpenCounts {
  /** Operations that this process has settled since it opened the queue. */
  settled: { succeeded: number; rejected: number; cancelled: number };
  /** Status calls that this process has sent since it opened the queue. */
  checks: number;
}

/** `$1` is the queue. */
const operatorStatements = {
  readTrail: `SELECT (extract(epoch FROM at) * 1000)::float8 AS at, kind, detail FROM :schema.operation_event
    WHERE queue = $1 AND txn_id = $2 ORDER BY at, number NULLS FIRST`,

  findUnresolved: `SELECT txn_id FROM :schema.operation
    WHERE queue = $1 AND state = 'unresolved' AND ($2::text IS NULL OR txn_id = $2) ORDER BY created_at`,

  count: `SELECT open.pending, waiting.*, COALESCE(
      (SELECT (state->>'pauses')::int > 0 FROM :schema.operation_pace WHERE queue = $1), false
    ) AS is_paused, COALESCE(extract(epoch FROM :schema.job_now() - open.oldest), 0)::float8 AS oldest_seconds
    FROM (
      SELECT count(*)::int AS pending, min(created_at) AS oldest FROM :schema.operation
      WHERE queue = $1 AND state IN ('pending', 'not-sent')
    ) open, (
      SELECT count(*) FILTER (WHERE attention = 'unresolved')::int AS unresolved,
        count(*) FILTER (WHERE attention = 'key-missing')::int AS key_missing,
        count(*) FILTER (WHERE attention = 'conflict')::int AS conflict
      FROM :schema.operation WHERE queue = $1 AND attention IS NOT NULL
    ) waiting`,
} as const;

/** The operator's view: list, inspect, resolve and redrive operations. */
export class Operator {
  readonly #context: QueueContext;
  readonly #reader: OperationReader;
  readonly #store: OperationStore;
  readonly #sql: Readonly<Record<keyof typeof operatorStatements, string>>;

  constructor(context: QueueContext, reader: OperationReader, store: OperationStore) {
    this.#context = context;
    this.#reader = reader;
    this.#store = store;
    this.#sql = statementsIn(context.storage.schema, operatorStatements);
  }

  async #read(statement: keyof typeof operatorStatements, ...values: unknown[]) {
    const { name, storage } = this.#context;
    return (await storage.db.executeSql(this.#sql[statement], [name, ...values])).rows;
  }

  list(states: readonly OperationState[], limit: number): Promise<Operation[]> {
    return this.#reader.list(states, limit);
  }

  listWaiting(limit: number): Promise<Operation[]> {
    return this.#reader.listWaiting(limit);
  }

  async readTrail({ txn_id: txnId, operationId }: Operation): Promise<Schedule & { events: AuditEvent[] }> {
    const schedule = await this.#readSchedule(txnId, operationId);
    const rows = await this.#read("readTrail", txnId);
    return { ...schedule, events: rows.map(({ at, kind, detail }) => ({ at: new Date(at), kind, detail })) };
  }

  async #readSchedule(txnId: string, operationId: string): Promise<Schedule> {
    const [job] = await this.#context.storage.boss.findJobs(statusQueue(this.#context), { id: operationId });
    if (!job) return { attempts: 0, nextAt: undefined, lastAnswer: undefined };
    const unsent = await this.#reader.readUnsent([txnId]);
    const leases = job.startedOn ? job.retryCount + 1 : 0;
    return {
      attempts: Math.max(0, leases - (unsent.get(txnId) ?? 0)),
      nextAt: job.state === "created" || job.state === "retry" ? job.startAfter : undefined,
      lastAnswer: (job.output as Record<string, unknown> | null) ?? undefined,
    };
  }

  /**
   * Closes an operation that waits for the operator.
   *
   * @throws A {@link QueueError} with code `invalid-option`, `unknown-operation` or `wrong-state`.
   */
  async resolve(txnId: string, resolution: Resolution, note: string): Promise<Operation> {
    const failure = `Cannot resolve ${JSON.stringify(txnId)}`;
    if (resolution !== "delivered" && resolution !== "refunded") {
      const given = JSON.stringify(resolution);
      throw new QueueError("invalid-option", `${failure}: resolution must be delivered or refunded, is ${given}`);
    }
    if (typeof note !== "string" || note.trim() === "") {
      throw new QueueError("invalid-option", `${failure}: a note must say why`);
    }
    const { state, attention } = await this.#reader.existing(txnId);
    if (!(await this.#close(txnId, resolution, note))) {
      const isSold = attention === "key-missing";
      const reason = isSold
        ? "it is sold: ask the hub for its key, and give no money back"
        : `it is ${state}, nothing left to do`;
      throw new QueueError("wrong-state", `${failure} as ${resolution}: ${reason}`);
    }
    return this.#reader.existing(txnId);
  }

  #close(txnId: string, resolution: Resolution, note: string): Promise<boolean> {
    const outcome = resolution === "delivered" ? "succeeded" : "cancelled";
    const noAnswer = { status: undefined, partner_txn_id: undefined, isKeyMissing: false };
    const settlement = toStored({ outcome, by: "person", ...noAnswer });
    // Audit trails in use hold the resolution under the name `decision`.
    const detail = { decision: resolution, note };
    const isRefund = resolution === "refunded";
    return this.#context.storage.transaction((tx) => this.#store.resolve(tx, txnId, settlement, isRefund, detail));
  }

  /** Makes one or all unresolved operations pending again. Returns how many. */
  async redrive(txnId?: string): Promise<number> {
    let count = 0;
    for (const { txn_id: each } of await this.#read("findUnresolved", txnId ?? null)) {
      if (await this.#context.storage.transaction((tx) => this.#store.redrive(tx, each))) count++;
    }
    return count;
  }

  async count(): Promise<OpenCounts> {
    const [row] = await this.#read("count");
    const { pending, oldest_seconds: oldest, unresolved, key_missing: keyMissing, conflict, is_paused: isPaused } = row;
    const attention = { unresolved, "key-missing": keyMissing, conflict };
    return { pending, isPaused, oldestSeconds: Math.max(0, oldest), attention };
  }
}
