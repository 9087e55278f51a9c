import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Write-ahead mode with an fsync for each commit, and 5 s of waiting for another process. */
export const configure = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  PRAGMA foreign_keys = ON;`;

export const createTable = `
  CREATE TABLE IF NOT EXISTS codegames_transactions (
    merchant TEXT NOT NULL,
    txn_id TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    price REAL NOT NULL,
    partner_txn_id TEXT NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'selling', 'sold', 'refused')),
    refusal TEXT,
    lease_until_ms INTEGER,
    PRIMARY KEY (merchant, txn_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS codegames_transactions_open
  ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL;`;

const insertIfNew = `
  INSERT INTO codegames_transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (merchant, txn_id) DO NOTHING`;

const find = "SELECT * FROM codegames_transactions WHERE merchant = ? AND txn_id = ?";

const findAbandoned = "SELECT * FROM codegames_transactions WHERE lease_until_ms <= ? ORDER BY created_at_ms";

const lease = `
  UPDATE codegames_transactions SET state = 'selling', lease_until_ms = ?
  WHERE merchant = ? AND txn_id = ? AND state = ? AND (state = 'pending' OR lease_until_ms <= ?)`;

const settle = `
  UPDATE codegames_transactions SET state = ?, refusal = ?, lease_until_ms = NULL WHERE merchant = ? AND txn_id = ?`;

/** Prepares each statement once, as preparing costs more than running. */
export const prepareWrites = (database: DatabaseSync) => ({
  insertIfNew: database.prepare(insertIfNew),
  find: withBigInts(database.prepare(find)),
  lease: database.prepare(lease),
  settle: database.prepare(settle),
  begin: database.prepare("BEGIN IMMEDIATE"),
  commit: database.prepare("COMMIT"),
});

export const prepareReads = (database: DatabaseSync) => ({
  find: withBigInts(database.prepare(find)),
  findAbandoned: withBigInts(database.prepare(findAbandoned)),
});

/** Int64 columns are read as `bigint`: a `number` would round them above 2^53. */
function withBigInts(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}
