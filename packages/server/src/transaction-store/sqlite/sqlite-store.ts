import { DatabaseSync } from "node:sqlite";
import {
  refusalOf,
  settledAs,
  type Settlement,
  type Transaction,
  type TransactionKey,
  transactionOf,
  type TransactionRow,
  type TransactionStore,
  unknownTransaction,
  valuesOf,
} from "../transaction-store.ts";
import * as sql from "./statements.ts";
import { turns } from "./turns.ts";

/** Options of {@link openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file. It is created if it does not exist; `":memory:"` keeps nothing. */
  file: string;
}

/** A store in a SQLite file. `sellWithin` gets its connection, inside the transaction. */
export interface SqliteStore extends TransactionStore<DatabaseSync> {
  /** Runs your own work while no sale is under way, so that its writes join no sale's transaction. */
  run<T>(work: (database: DatabaseSync) => T | Promise<T>): Promise<T>;
  readonly database: DatabaseSync;
}

/**
 * Opens a store on `node:sqlite`, in write-ahead mode with an fsync per commit (WAL, synchronous=FULL).
 *
 * One process at a time: a second one waits 5 s for a write, and then its call fails.
 *
 * @example
 * ```ts
 * import { openSqliteStore } from "@codegames/server/sqlite-store";
 *
 * const store = openSqliteStore({ file: ":memory:" });
 * console.log(await store.find({ merchant: "wallet", txn_id: "A-17" })); // undefined
 * await store.close();
 * ```
 *
 * @throws The error of SQLite when the file cannot be opened.
 */
export function openSqliteStore({ file }: SqliteStoreOptions): SqliteStore {
  const database = openDatabase(file);
  database.exec(sql.createTable);
  // A connection of its own sees no work that is under way. A database in memory has only one connection.
  const reader = file === ":memory:" ? database : openDatabase(file);
  const statements = prepare(database, reader);
  const inTurn = turns();
  return {
    database,
    run: (work) => inTurn(() => work(database)),
    insertIfNew: (transaction) =>
      inTurn(() => {
        const { changes } = statements.insertIfNew.run(...valuesOf(transaction));
        return changes === 0 ? read(statements.findToWrite, transaction) : undefined;
      }),
    lease: ({ merchant, txn_id }, from, nowMs, untilMs) =>
      inTurn(() => statements.lease.run(untilMs, merchant, txn_id, from, nowMs).changes > 0),
    find: async (key) => read(statements.find, key),
    settle: (key, work) => inTurn(() => settle(database, statements, key, work)),
    abandoned: async (nowMs) =>
      statements.findAbandoned.all(nowMs).map((row) => transactionOf(row as unknown as TransactionRow)),
    close: () =>
      inTurn(() => {
        database.close();
        if (reader !== database) reader.close();
      }),
  };
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync, reader: DatabaseSync) {
  return {
    begin: database.prepare(sql.begin),
    commit: database.prepare(sql.commit),
    insertIfNew: database.prepare(sql.insertIfNew),
    lease: database.prepare(sql.lease),
    settle: database.prepare(sql.settle),
    findToWrite: withBigInts(database.prepare(sql.find)),
    find: withBigInts(reader.prepare(sql.find)),
    findAbandoned: withBigInts(reader.prepare(sql.findAbandoned)),
  };
}

function read(statement: Statements["find"], { merchant, txn_id }: TransactionKey): Transaction | undefined {
  const row = statement.get(merchant, txn_id);
  return row && transactionOf(row as unknown as TransactionRow);
}

async function settle(
  database: DatabaseSync,
  statements: Statements,
  key: TransactionKey,
  work: (tx: DatabaseSync) => Settlement | Promise<Settlement>,
): Promise<Transaction> {
  statements.begin.run();
  try {
    let found = read(statements.findToWrite, key);
    if (!found) throw unknownTransaction(key);
    if ("leaseUntilMs" in found) {
      const settlement = await work(database);
      // Last, so that a database in memory, which has one connection, shows nothing of it before.
      statements.settle.run(settlement.state, refusalOf(settlement), key.merchant, key.txn_id);
      found = settledAs(found, settlement);
    }
    statements.commit.run();
    return found;
  } catch (error) {
    // When the disk is full, SQLite has ended the transaction itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON");
  return database;
}

function withBigInts<Statement extends { setReadBigInts(isOn: boolean): void }>(statement: Statement): Statement {
  statement.setReadBigInts(true);
  return statement;
}
