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
    PRIMARY KEY (merchant, txn_id)
  )`;

export const createIndexOfUndecided = `
  CREATE INDEX IF NOT EXISTS codegames_transactions_open
  ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL`;

export const insertIfNew = `
  INSERT INTO codegames_transactions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (merchant, txn_id) DO NOTHING`;

export const find = "SELECT * FROM codegames_transactions WHERE merchant = $1 AND txn_id = $2";

export const findAbandoned = "SELECT * FROM codegames_transactions WHERE lease_until_ms <= $1 ORDER BY created_at_ms";

export const lease = `
  UPDATE codegames_transactions SET state = 'selling', lease_until_ms = $1
  WHERE merchant = $2 AND txn_id = $3 AND state = $4 AND (state = 'pending' OR lease_until_ms <= $5)`;

/** Locks an undecided transaction and settles it as most of them end, in one round trip. */
export const settleAsSold = `
  UPDATE codegames_transactions SET state = 'sold', lease_until_ms = NULL
  WHERE merchant = $1 AND txn_id = $2 AND lease_until_ms IS NOT NULL
  RETURNING *`;

/** Corrects `settleAsSold` within the same database transaction. */
export const settleOtherwise = `
  UPDATE codegames_transactions SET state = $3, refusal = $4 WHERE merchant = $1 AND txn_id = $2`;
