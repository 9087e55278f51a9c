/** Times are Unix milliseconds, because drivers return timestamps as different types. */
const columns = `txn_id, id::text AS id, request, expects_key, state, attention, answer, decision, settlement,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms,
  (extract(epoch FROM settled_at) * 1000)::float8 AS settled_ms`;

const lock = `SELECT ${columns} FROM :schema.operation
  WHERE queue = $1 AND txn_id = ANY($2::text[]) AND state = ANY($3::text[]) ORDER BY txn_id FOR UPDATE`;

/**
 * Every statement that reads or writes a row of `operation`, by name; `$1` is the queue. The columns `absent_claim` and
 * `unsent_claims` count leases, by their older name.
 */
export const operationStatements = {
  find: `SELECT ${columns} FROM :schema.operation WHERE queue = $1 AND txn_id = ANY($2::text[])`,

  listByState: `SELECT ${columns} FROM :schema.operation
    WHERE queue = $1 AND state = ANY($2::text[]) ORDER BY created_at LIMIT $3`,

  listWaiting: `SELECT ${columns} FROM :schema.operation
    WHERE queue = $1 AND attention IS NOT NULL ORDER BY created_at LIMIT $2`,

  /** A `txn_id` that is known already stays as it is. */
  addPending: `INSERT INTO :schema.operation (queue, txn_id, id, request, expects_key, state, created_at)
    SELECT $1, txn_id, id, request, expects_key, 'pending', :schema.job_now()
    FROM unnest($2::text[], $3::uuid[], $4::text[], $5::boolean[]) AS i (txn_id, id, request, expects_key)
    ON CONFLICT DO NOTHING RETURNING txn_id, id::text AS id`,

  /** The answer to a pay that decides nothing. */
  noteAnswer: `UPDATE :schema.operation SET answer = $3::jsonb
    WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING id::text AS id`,

  markNotSent: `UPDATE :schema.operation SET answer = $3::jsonb, state = 'not-sent'
    WHERE queue = $1 AND txn_id = $2 AND state = 'pending' RETURNING id::text AS id`,

  reopen: `UPDATE :schema.operation SET state = 'pending', decision = NULL
    WHERE queue = $1 AND txn_id = $2 AND state = 'not-sent' RETURNING id::text AS id`,

  /** In one order, so that two transactions with several operations in common do not wait for each other. */
  lock,

  /** As `lock`, without those that somebody else has locked. */
  lockFree: `${lock} SKIP LOCKED`,

  /** Of operations that `lock` has returned. `answer` stays if there is one. */
  settle: `UPDATE :schema.operation o
    SET state = new_state, attention = new_attention, settlement = new_settlement::jsonb, decision = NULL,
      settled_at = :schema.job_now(), answer = COALESCE(answer, new_answer::jsonb)
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
      AS s (for_txn_id, new_state, new_attention, new_settlement, new_answer)
    WHERE o.queue = $1 AND o.txn_id = for_txn_id
    RETURNING ${columns}`,

  markConflict: `UPDATE :schema.operation SET attention = 'conflict'
    WHERE queue = $1 AND txn_id = $2 AND attention IS DISTINCT FROM 'conflict' RETURNING 1`,

  /** The first decision stays. */
  keepDecision: `UPDATE :schema.operation SET decision = COALESCE(decision, $3::jsonb)
    WHERE queue = $1 AND txn_id = $2 AND settlement IS NULL RETURNING id::text AS id`,

  /** Only while the lease `$3` is the current one of the job `$4` in the pg-boss queue `$5`. */
  giveUp: `UPDATE :schema.operation SET state = 'unresolved', attention = 'unresolved'
    WHERE queue = $1 AND txn_id = $2 AND state = 'pending' AND decision IS NULL AND EXISTS (
      SELECT 1 FROM :schema.job
      WHERE name = $5 AND id = $4::uuid AND state = 'active' AND retry_count = $3::int
    ) RETURNING 1`,

  redrive: `UPDATE :schema.operation
    SET state = 'pending', attention = NULL, absent_count = 0, absent_claim = -1, unsent_claims = 0
    WHERE queue = $1 AND txn_id = $2 AND state = 'unresolved' RETURNING id::text AS id`,

  /** `$4`: the money went back, which never closes an operation that was sold. */
  resolve: `UPDATE :schema.operation
    SET attention = NULL, settled_at = COALESCE(settled_at, :schema.job_now()), decision = NULL,
      settlement = CASE WHEN state = 'unresolved' THEN $3::jsonb ELSE settlement END,
      state = CASE WHEN state = 'unresolved' THEN 'resolved' ELSE state END
    WHERE queue = $1 AND txn_id = $2 AND attention IS NOT NULL AND NOT (attention = 'key-missing' AND $4)
    RETURNING id::text AS id`,

  /** Counts TXN_NOT_FOUND of leases in a row, each lease once and only while it is the current one of its job. */
  countAbsent: `UPDATE :schema.operation o SET absent_claim = l.lease,
      absent_count = CASE WHEN absent_claim = l.lease - 1 THEN absent_count + 1 ELSE 1 END
    FROM unnest($2::text[], $3::int[]) AS l (txn_id, lease)
    WHERE o.queue = $1 AND o.txn_id = l.txn_id AND o.absent_claim < l.lease AND EXISTS (
      SELECT 1 FROM :schema.job j
      WHERE j.name = $4 AND j.id = o.id AND j.state = 'active' AND j.retry_count = l.lease
    ) RETURNING o.txn_id, o.absent_count`,

  countUnsent: `UPDATE :schema.operation SET unsent_claims = unsent_claims + 1
    WHERE queue = $1 AND txn_id = ANY($2::text[])`,

  readUnsent: `SELECT txn_id, unsent_claims AS unsent FROM :schema.operation
    WHERE queue = $1 AND txn_id = ANY($2::text[])`,

  addEvent: `INSERT INTO :schema.operation_event (queue, txn_id, at, kind, detail)
    VALUES ($1, $2, :schema.job_now(), $3, $4::jsonb)`,
} as const;
