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
    lease_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (merchant, txn_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS codegames_transactions_open
  ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL;`;

/** Version 1 of the table had no id of a lease. */
export const isVersion1 = `
  SELECT count(*) = 0 AS yes FROM pragma_table_info('codegames_transactions') WHERE name = 'lease_id'`;
export const migrateVersion1 = "ALTER TABLE codegames_transactions ADD COLUMN lease_id TEXT NOT NULL DEFAULT ''";

const columns = `merchant, txn_id, product_id, price, partner_txn_id, created_at_ms, state, refusal, lease_id,
  iif(lease_until_ms <= :nowMs, 'true', 'false') AS is_lease_over`;

const insertIfNew = `
  INSERT INTO codegames_transactions
  VALUES (:merchant, :txn_id, :product_id, :price, :partner_txn_id, :nowMs, 'pending', NULL, :untilMs, :leaseId)
  ON CONFLICT (merchant, txn_id) DO NOTHING`;

const find = `SELECT ${columns} FROM codegames_transactions WHERE merchant = :merchant AND txn_id = :txn_id`;

const findAbandoned = `
  SELECT ${columns} FROM codegames_transactions WHERE lease_until_ms <= :nowMs ORDER BY created_at_ms`;

/** The compare of every compare-and-set: the transaction is still as the caller saw it. */
const asSeen = "merchant = :merchant AND txn_id = :txn_id AND state = :state AND lease_id = :seenLeaseId";

/** Only a pending one whose lease is not over, or a selling one whose lease is over. */
const lease = `
  UPDATE codegames_transactions SET state = 'selling', lease_until_ms = :untilMs, lease_id = :leaseId
  WHERE ${asSeen} AND (state = 'selling') = (lease_until_ms <= :nowMs)`;

const beginSettling = `
  SELECT 1 FROM codegames_transactions WHERE ${asSeen} AND state = 'pending' AND lease_until_ms > :nowMs`;

const settle = `
  UPDATE codegames_transactions SET state = :settled, refusal = :refusal, lease_until_ms = NULL WHERE ${asSeen}`;

/** Prepares each statement once, as preparing costs more than running. */
export const prepareWrites = (database: DatabaseSync) => ({
  insertIfNew: database.prepare(insertIfNew),
  find: withBigInts(database.prepare(find)),
  lease: database.prepare(lease),
  beginSettling: database.prepare(beginSettling),
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
