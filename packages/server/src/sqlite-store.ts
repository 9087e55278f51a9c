import { DatabaseSync } from "node:sqlite";
import { type Transaction, type TransactionKey, type TransactionRow, refusalOf, settledAs, transactionOf, type TransactionStore, valuesOf } from "./transaction-store.ts";

/** Where a SQLite store is. */
export interface SqliteStoreOptions {
  /** The database file, which is made when it is not there; `":memory:"` keeps nothing. */
  file: string;
}

/** A store in a SQLite file, and its connection: `sellWithin` gets it, inside of the transaction. */
export interface SqliteStore extends TransactionStore<DatabaseSync> {
  /** Runs a work of one's own while no sale is under way: what it writes is no part of somebody's transaction. */
  run<T>(work: (database: DatabaseSync) => T | Promise<T>): Promise<T>;
  readonly database: DatabaseSync;
}

/**
 * Opens a store on `node:sqlite`, in write-ahead mode with an fsync for each commit (WAL, synchronous=FULL). For one
 * process at a time: it waits 5 s for another's write, and then fails.
 */
export function openSqliteStore({ file }: SqliteStoreOptions): SqliteStore {
  const database = open(file);
  database.exec(`
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
    CREATE INDEX IF NOT EXISTS codegames_transactions_open ON codegames_transactions (lease_until_ms) WHERE lease_until_ms IS NOT NULL;
  `);
  // Its own connection sees no work that is under way. A database in memory has one connection only.
  const reading = file === ":memory:" ? database : open(file);
  const insert = database.prepare("INSERT INTO codegames_transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant, txn_id) DO NOTHING");
  const select = "SELECT * FROM codegames_transactions WHERE merchant = ? AND txn_id = ?";
  const selectToRead = withBigInts(reading.prepare(select));
  const selectToWrite = withBigInts(database.prepare(select));
  const selectAbandoned = withBigInts(reading.prepare("SELECT * FROM codegames_transactions WHERE lease_until_ms <= ? ORDER BY created_at_ms"));
  const lease = database.prepare(
    "UPDATE codegames_transactions SET state = 'selling', lease_until_ms = ? WHERE merchant = ? AND txn_id = ? AND state = ? AND (state = 'pending' OR lease_until_ms <= ?)",
  );
  const update = database.prepare("UPDATE codegames_transactions SET state = ?, refusal = ?, lease_until_ms = NULL WHERE merchant = ? AND txn_id = ?");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const inTurn = turns();

  const get = (statement: typeof selectToRead, { merchant, txnId }: TransactionKey): Transaction | undefined => {
    const row = statement.get(merchant, txnId);
    return row && transactionOf(row as unknown as TransactionRow);
  };

  return {
    database,
    claim: (transaction) =>
      inTurn(() => (insert.run(...valuesOf(transaction)).changes === 0 ? get(selectToWrite, transaction) : undefined)),
    run: (work) => inTurn(() => work(database)),
    lease: ({ merchant, txnId }, from, nowMs, untilMs) => inTurn(() => lease.run(untilMs, merchant, txnId, from, nowMs).changes > 0),
    find: async (key) => get(selectToRead, key),
    settle: (key, work) =>
      inTurn(async () => {
        begin.run();
        try {
          let found = get(selectToWrite, key);
          if (!found) throw new Error(`Cannot settle ${JSON.stringify(key.txnId)}: there is no such transaction`);
          if ("leaseUntilMs" in found) {
            const settlement = await work(database);
            // Last, so that a database in memory, which has one connection, shows nothing of it before.
            update.run(settlement.state, refusalOf(settlement), key.merchant, key.txnId);
            found = settledAs(found, settlement);
          }
          commit.run();
          return found;
        } catch (error) {
          // SQLite has ended the transaction itself when the disk is full.
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      }),
    abandoned: async (nowMs) => selectAbandoned.all(nowMs).map((row) => transactionOf(row as unknown as TransactionRow)),
    close: () =>
      inTurn(() => {
        database.close();
        if (reading !== database) reading.close();
      }),
  };
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;");
  return database;
}

function withBigInts<Statement extends { setReadBigInts(isOn: boolean): void }>(statement: Statement): Statement {
  statement.setReadBigInts(true);
  return statement;
}

/** Runs one work after the other: a connection has one transaction at a time. */
function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => T | Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
