import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  refusalOf,
  settledAs,
  type Settlement,
  type Transaction,
  type TransactionKey,
  transactionOf,
  type TransactionRow,
  type TransactionStore,
  valuesOf,
} from "../transaction-store.ts";
import { inTransaction } from "./in-transaction.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { configure, createTable, prepareReads, prepareWrites } from "./statements.ts";

/** The place of a SQLite store. */
export interface SqliteStoreOptions {
  /** The database file, created if it does not exist; `":memory:"` keeps nothing after `close()`. */
  file: string;
}

/** A transaction store in a SQLite file. */
export interface SqliteStore extends TransactionStore<DatabaseSync> {
  /**
   * Runs your own work while no sale is under way. Write through this: a write beside it can become part of a sale's
   * database transaction, and is undone if that sale fails.
   */
  run<T>(work: (database: DatabaseSync) => T | Promise<T>): Promise<T>;
  /** The connection that the store writes through; `sellWithin` gets it inside of the database transaction. */
  readonly database: DatabaseSync;
}

/**
 * Opens a transaction store on `node:sqlite`, in write-ahead mode with an fsync for each commit (WAL,
 * synchronous=FULL). For one process at a time: a write waits 5 s for that of another process and then fails.
 *
 * @example
 *   ```ts
 *   import { sellOnce } from "@codegames/server";
 *   import { openSqliteStore } from "@codegames/server/sqlite-store";
 *
 *   const store = openSqliteStore({ file: ":memory:" }); // a file keeps the sales
 *   await store.run((database) =>
 *     database.exec("CREATE TABLE keys (code TEXT); INSERT INTO keys VALUES ('AAAA-1111')"),
 *   );
 *   const takeKey = store.database.prepare(
 *     "DELETE FROM keys WHERE code = (SELECT min(code) FROM keys) RETURNING code",
 *   );
 *   const shop = sellOnce({
 *     store,
 *     findProduct: () => ({ name: "PSN USA 100 USD", price: 50000, partner_price: 45000, isInStock: true }),
 *     sellWithin() {
 *       const key = takeKey.get();
 *       return key ? { productKey: String(key.code) } : "out-of-stock";
 *     },
 *   });
 *   console.log(await shop.pay({ product_id: 1n, price: 50000, txn_id: "A-17" }, { merchant: "wallet" }));
 *   await store.close();
 *   ```
 *
 * @throws An `Error` of `node:sqlite` when the file cannot be opened.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const writer = openDatabase(options.file);
  writer.exec(createTable);
  // A second connection does not see uncommitted sales. A database in memory has only one.
  const reader = options.file === ":memory:" ? writer : openDatabase(options.file);
  const [writes, reads, inTurn] = [prepareWrites(writer), prepareReads(reader), oneAtATime()];
  return {
    database: writer,
    insertIfNew: (transaction) => inTurn(() => insertIfNew(writes, transaction)),
    run: (work) => inTurn(() => work(writer)),
    lease: ({ merchant, txn_id }, from, nowMs, untilMs) =>
      inTurn(() => writes.lease.run(untilMs, merchant, txn_id, from, nowMs).changes > 0),
    find: async (key) => find(reads.find, key),
    settle: (key, work) => inTurn(() => inTransaction(writer, writes, () => settle(writer, writes, key, work))),
    findAbandoned: async (nowMs) =>
      reads.findAbandoned.all(nowMs).map((row) => transactionOf(row as unknown as TransactionRow)),
    close: () =>
      inTurn(() => {
        writer.close();
        if (reader !== writer) reader.close();
      }),
  };
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(configure);
  return database;
}

type Writes = ReturnType<typeof prepareWrites>;

function insertIfNew(writes: Writes, transaction: Transaction): Transaction | undefined {
  const { changes } = writes.insertIfNew.run(...valuesOf(transaction));
  return changes === 0 ? find(writes.find, transaction) : undefined;
}

function find(statement: StatementSync, { merchant, txn_id }: TransactionKey): Transaction | undefined {
  const row = statement.get(merchant, txn_id);
  return row && transactionOf(row as unknown as TransactionRow);
}

type Work = (tx: DatabaseSync) => Settlement | Promise<Settlement>;

async function settle(database: DatabaseSync, writes: Writes, key: TransactionKey, work: Work): Promise<Transaction> {
  const found = find(writes.find, key);
  if (!found) throw new Error(`Cannot settle ${JSON.stringify(key.txn_id)}: there is no such transaction`);
  if (!("leaseUntilMs" in found)) return found;
  const settlement = await work(database);
  // The last write: a database in memory has one connection, which would show it before the commit.
  writes.settle.run(settlement.state, refusalOf(settlement), key.merchant, key.txn_id);
  return settledAs(found, settlement);
}
