/** Two processes that start at once would both create the table: the second one waits here. */
export const lockTable = "SELECT pg_advisory_xact_lock(hashtext('codegames_transactions'))";

export const createTable = `
  CREATE TABLE IF NOT EXISTS codegames_transactions (
    merchant text COLLATE "C" NOT NULL,
    txn_id text COLLATE "C" NOT NULL,
    product_id bigint NOT NULL,
    price double precision NOT NULL,
    partner_txn_id text NOT NULL UNIQUE,
    created_at_ms bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'selling', 'sold', 'refused')),
    refusal text,
    lease_until_ms bigint,
    lease_id text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (merchant, txn_id)
  )`;

export const createIndexOfUndecided = `
  CREATE INDEX IF NOT EXISTS codegames_transactions_open
  ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL`;

/** Version 1 of the table had no id of a lease. */
export const findVersion1 = `
  SELECT 1 WHERE NOT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = 'codegames_transactions'::regclass AND attname = 'lease_id' AND NOT attisdropped)`;
export const migrateVersion1 = `
  ALTER TABLE codegames_transactions ADD COLUMN lease_id text COLLATE "C" NOT NULL DEFAULT ''`;

/**
 * Limits of one database transaction: pgbouncer lends a session to others afterwards. The second one ends a session
 * whose process has frozen or lost its network, and with it the locks of that session.
 */
export const begin = (lockTimeoutMs: number, idleTimeoutMs: number) => `
  BEGIN;
  SET LOCAL lock_timeout = ${lockTimeoutMs};
  SET LOCAL idle_in_transaction_session_timeout = ${idleTimeoutMs}`;

/** The time by the clock of the database, which all processes share; or that of a test. */
const nowMs = (parameter: string) =>
  `coalesce(${parameter}::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

/** Numbers as text: a process can replace the parsers of `pg`, and a `number` rounds above 2^53. */
const columns = (now: string) => `
  merchant, txn_id, product_id::text, price::text, partner_txn_id, created_at_ms::text, state, refusal, lease_id,
  (lease_until_ms <= ${nowMs(now)})::text AS is_lease_over`;

export const find = `SELECT ${columns("$3")} FROM codegames_transactions WHERE merchant = $1 AND txn_id = $2`;

export const findAbandoned = `
  SELECT ${columns("$1")} FROM codegames_transactions WHERE lease_until_ms <= ${nowMs("$1")} ORDER BY created_at_ms`;

/**
 * Inserts many. ON CONFLICT waits for a transaction that has inserted the key, or is changing its row, and has not
 * committed. So what is known is left out before that; for a key that is just being inserted, there is a limit.
 */
export const insertIfNew = `
  WITH limits AS MATERIALIZED (SELECT set_config('lock_timeout', $1, true)),
    clock AS MATERIALIZED (SELECT ${nowMs("$2")} AS now_ms)
  INSERT INTO codegames_transactions
    (merchant, txn_id, product_id, price, partner_txn_id, created_at_ms, state, lease_until_ms, lease_id)
  SELECT merchant, txn_id, product_id, price, partner_txn_id, now_ms, 'pending', now_ms + lease_ms, lease_id
  FROM limits, clock, unnest($3::text[], $4::text[], $5::bigint[], $6::float8[], $7::text[], $8::bigint[], $9::text[])
    AS asked (merchant, txn_id, product_id, price, partner_txn_id, lease_ms, lease_id)
  WHERE NOT EXISTS (
    SELECT FROM codegames_transactions AS known
    WHERE known.merchant = asked.merchant AND known.txn_id = asked.txn_id)
  ON CONFLICT (merchant, txn_id) DO NOTHING
  RETURNING partner_txn_id, created_at_ms::text`;

/**
 * Compares and sets many: settles, or takes a lease where `lease_ms` is not null. Waits for nobody: a row that is
 * locked is being changed by somebody else.
 */
export const compareAndSet = `
  WITH clock AS MATERIALIZED (SELECT ${nowMs("$1")} AS now_ms),
  free AS (
    SELECT asked.*, now_ms
    FROM clock, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
      WITH ORDINALITY
      AS asked (merchant, txn_id, seen_state, seen_lease_id, new_state, new_refusal, new_lease_id, lease_ms, number)
    JOIN codegames_transactions AS stored USING (merchant, txn_id)
    WHERE stored.state = seen_state AND stored.lease_id = seen_lease_id
      AND (lease_ms IS NULL OR (stored.state = 'selling') = (stored.lease_until_ms <= now_ms))
    FOR UPDATE OF stored SKIP LOCKED
  )
  UPDATE codegames_transactions AS stored
  SET state = new_state, refusal = new_refusal, lease_id = new_lease_id, lease_until_ms = now_ms + lease_ms
  FROM free WHERE stored.merchant = free.merchant AND stored.txn_id = free.txn_id
  RETURNING number::text`;

/** Settles a pending transaction as most of them end, in one round trip, if it is as the caller saw it. */
export const settleAsSold = `
  UPDATE codegames_transactions SET state = 'sold', lease_until_ms = NULL
  WHERE merchant = $1 AND txn_id = $2 AND state = 'pending' AND lease_id = $3 AND lease_until_ms > ${nowMs("$4")}`;

/** Corrects `settleAsSold` within the same database transaction. */
export const settleAsRefused = `
  UPDATE codegames_transactions SET state = 'refused', refusal = $3 WHERE merchant = $1 AND txn_id = $2`;
