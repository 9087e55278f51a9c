import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { refusalOf, transactionOf, type TransactionRow } from "../transaction-row.ts";
import type {
  NewOrder,
  Settlement,
  Transaction,
  TransactionKey,
  TransactionStore,
  Undecided,
} from "../transaction-store.ts";
import { groupCommits } from "./group-commit.ts";
import { inTransaction } from "./in-transaction.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { configure, createTable, isVersion1, migrateVersion1, prepareReads, prepareWrites } from "./statements.ts";

/** The place of a SQLite store. */
export interface SqliteStoreOptions {
  /** The database file, created if it does not exist; `":memory:"` keeps nothing after `close()`. */
  file: string;
  /**
   * Unix time in milliseconds, for tests: leases last by it.
   *
   * @default Date.now
   */
  now?: () => number;
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
 * synchronous=FULL). Writes that meet share a commit. For one process at a time: a write waits 5 s for that of another
 * process and then fails. A new file is readable by its owner only (interpretation E5). A table of version 0.1 is
 * migrated.
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
export function openSqliteStore({ file, now = Date.now }: SqliteStoreOptions): SqliteStore {
  const writer = openDatabase(file);
  createTables(writer);
  // A second connection does not see uncommitted sales. A database in memory has only one.
  const reader = file === ":memory:" ? writer : openDatabase(file);
  const [statements, reads, inTurn] = [prepareWrites(writer), prepareReads(reader), oneAtATime()];
  const write = groupCommits(writer, statements, inTurn);
  const closeAll = async (): Promise<void> => {
    // The writes that were asked for before come first.
    await write(() => {}).catch(() => {});
    await inTurn(() => {
      writer.close();
      if (reader !== writer) reader.close();
    });
  };
  let closed: Promise<void> | undefined;
  return {
    database: writer,
    run: (work) => inTurn(() => work(writer)),
    insertIfNew: (order, leaseMs) => write(() => insertIfNew(statements, order, now(), leaseMs)),
    find: async (key) => find(reads.find, key, now()),
    lease: (seen, leaseMs) => write(() => lease(statements.lease, seen, now(), leaseMs)),
    settle: (seen, settlement) => write(() => settle(statements.settle, seen, settlement)),
    settleWithin: (seen, work) =>
      inTurn(() => inTransaction(writer, statements, () => settleWithin(writer, statements, seen, now(), work))),
    findAbandoned: async () =>
      reads.findAbandoned
        .all({ nowMs: now() })
        .map((row) => transactionOf(row as unknown as TransactionRow) as Undecided),
    close: () => (closed ??= closeAll()),
  };
}

function openDatabase(file: string): DatabaseSync {
  // SQLite gives its other files the mode of this one. A file that exists keeps its mode.
  if (file !== ":memory:") closeSync(openSync(file, "a", 0o600));
  const database = new DatabaseSync(file);
  database.exec(configure);
  return database;
}

function createTables(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  database.exec(createTable);
  if (database.prepare(isVersion1).get()?.["yes"] === 1) database.exec(migrateVersion1);
  database.exec("COMMIT");
}

type Statements = ReturnType<typeof prepareWrites>;

function insertIfNew(statements: Statements, order: NewOrder, nowMs: number, leaseMs: number): Transaction {
  const { merchant, txn_id, product_id, price, partner_txn_id } = order;
  const leaseId = randomUUID();
  const untilMs = nowMs + leaseMs;
  const values = { merchant, txn_id, product_id, price, partner_txn_id, nowMs, untilMs, leaseId };
  const { changes } = statements.insertIfNew.run(values);
  const created = { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs: nowMs };
  if (changes > 0) return { ...created, state: "pending", leaseId, isLeaseOver: false };
  return find(statements.find, order, nowMs)!;
}

function find(statement: StatementSync, { merchant, txn_id }: TransactionKey, nowMs: number): Transaction | undefined {
  const row = statement.get({ merchant, txn_id, nowMs });
  return row && transactionOf(row as unknown as TransactionRow);
}

const asSeen = ({ merchant, txn_id, state, leaseId: seenLeaseId }: Undecided) =>
  ({ merchant, txn_id, state, seenLeaseId }) as const;

function lease(statement: StatementSync, seen: Undecided, nowMs: number, leaseMs: number): Undecided | undefined {
  const leaseId = randomUUID();
  const { changes } = statement.run({ ...asSeen(seen), nowMs, untilMs: nowMs + leaseMs, leaseId });
  return changes > 0 ? { ...seen, state: "selling", leaseId, isLeaseOver: false } : undefined;
}

function settle(statement: StatementSync, seen: Undecided, settlement: Settlement): boolean {
  return statement.run({ ...asSeen(seen), settled: settlement.state, refusal: refusalOf(settlement) }).changes > 0;
}

async function settleWithin(
  database: DatabaseSync,
  statements: Statements,
  seen: Undecided,
  nowMs: number,
  work: (tx: DatabaseSync) => Settlement | Promise<Settlement>,
): Promise<Settlement | undefined> {
  if (!statements.beginSettling.get({ ...asSeen(seen), nowMs })) return undefined;
  const settlement = await work(database);
  // The last write: a database in memory has one connection, which would show it before the commit.
  settle(statements.settle, seen, settlement);
  return settlement;
}
