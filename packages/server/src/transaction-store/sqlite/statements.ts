/** The SQL of the SQLite store, one statement per act. */

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
    ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL`;

export const insertIfNew = `
  INSERT INTO codegames_transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (merchant, txn_id) DO NOTHING`;

export const find = "SELECT * FROM codegames_transactions WHERE merchant = ? AND txn_id = ?";

export const findAbandoned = `
  SELECT * FROM codegames_transactions WHERE lease_until_ms <= ? ORDER BY created_at_ms`;

export const lease = `
  UPDATE codegames_transactions SET state = 'selling', lease_until_ms = ?
  WHERE merchant = ? AND txn_id = ? AND state = ? AND (state = 'pending' OR lease_until_ms <= ?)`;

export const settle = `
  UPDATE codegames_transactions SET state = ?, refusal = ?, lease_until_ms = NULL
  WHERE merchant = ? AND txn_id = ?`;

export const begin = "BEGIN IMMEDIATE";

export const commit = "COMMIT";
