import { randomUUID } from "node:crypto";
import { ProblemError } from "../../problem-error.ts";
import { refusalOf, transactionOf, type TransactionRow } from "../transaction-row.ts";
import {
  isUndecided,
  type Settlement,
  type Transaction,
  type TransactionKey,
  type TransactionStore,
  type Undecided,
} from "../transaction-store.ts";
import { type Change, compareAndSet } from "./compare-and-set.ts";
import { inBatches } from "./in-batches.ts";
import { inTransaction } from "./in-transaction.ts";
import { type Insertion, insertIfNew } from "./insert-if-new.ts";
import type { PooledPostgresClient, PostgresClient, PostgresPool } from "./postgres-pool.ts";
import { type PostgresStoreOptions, readPostgresStoreOptions } from "./postgres-store-options.ts";
import * as statements from "./statements.ts";

export type { PooledPostgresClient, PostgresClient, PostgresPool, PostgresStoreOptions };

/**
 * Opens a transaction store on PostgreSQL 14 or later, for any number of processes, also behind pgbouncer in
 * transaction mode. Creates the table `codegames_transactions` if it does not exist, and migrates that of version 0.1.
 * Leases last by the clock of the database. Pays that meet share a commit.
 *
 * The pool is yours: `close()` leaves it open. Until then the store listens to its errors, so that a connection which
 * ends while it is idle does not end the process.
 *
 * @throws A `TypeError` when an option is wrong. Rejects with an error of `pg` when it cannot connect or create the
 *   table.
 */
export async function openPostgresStore(
  pool: PostgresPool,
  options: PostgresStoreOptions = {},
): Promise<TransactionStore<PostgresClient>> {
  const settings = readPostgresStoreOptions(options);
  const begin = statements.begin(settings.lockTimeoutMs, settings.idleTimeoutMs);
  const ignore = () => {};
  pool.on("error", ignore);
  await createTables(pool, begin).catch((error: unknown) => {
    pool.off("error", ignore);
    throw error;
  });
  return {
    ...storeOn(pool, begin, settings),
    async close() {
      pool.off("error", ignore);
    },
  };
}

/** The store, on a pool that somebody listens to and that has the table. */
function storeOn(
  pool: PostgresPool,
  begin: string,
  { lockTimeoutMs, now }: ReturnType<typeof readPostgresStoreOptions>,
): Omit<TransactionStore<PostgresClient>, "close"> {
  const insert = inBatches((items: readonly Insertion[]) => insertIfNew(pool, lockTimeoutMs, now(), items));
  const change = inBatches((changes: readonly Change[]) => compareAndSet(pool, now(), changes));
  const findNow = (key: TransactionKey) => find(pool, key, now());
  return {
    async insertIfNew(order, leaseMs) {
      const inserted = await refusingWhenBusy(insert({ order, leaseMs, leaseId: randomUUID() }));
      return inserted ?? (await findNow(order))!;
    },
    find: findNow,
    async lease(seen, leaseMs) {
      const leased = { ...seen, state: "selling", leaseId: randomUUID(), isLeaseOver: false } as const;
      if (await change({ seen, to: { ...leased, leaseMs } })) return leased;
      // Its answer may have been lost: nobody else makes up this id.
      const stored = await findNow(seen);
      return stored && isUndecided(stored) && stored.leaseId === leased.leaseId ? leased : undefined;
    },
    settle: (seen, settlement) => change({ seen, to: settlement }),
    settleWithin: (seen, work) =>
      refusingWhenBusy(inTransaction(pool, begin, (client) => settleWithin(client, seen, now(), work))),
    async findAbandoned() {
      const { rows } = await pool.query(statements.findAbandoned, [now()]);
      return rows.map((row: TransactionRow) => transactionOf(row) as Undecided);
    },
  };
}

function createTables(pool: PostgresPool, begin: string): Promise<void> {
  return inTransaction(pool, begin, async (client) => {
    await client.query(statements.lockTable);
    await client.query(statements.createTable);
    const { rowCount } = await client.query(statements.findVersion1);
    if (rowCount) await client.query(statements.migrateVersion1);
    await client.query(statements.createIndexOfUndecided);
  });
}

async function find(
  client: PostgresClient,
  { merchant, txn_id }: TransactionKey,
  nowMs: number | null,
): Promise<Transaction | undefined> {
  const { rows } = await client.query(statements.find, [merchant, txn_id, nowMs]);
  return rows[0] && transactionOf(rows[0] as TransactionRow);
}

async function settleWithin(
  client: PostgresClient,
  { merchant, txn_id, leaseId }: Undecided,
  nowMs: number | null,
  work: (tx: PostgresClient) => Settlement | Promise<Settlement>,
): Promise<Settlement | undefined> {
  const { rowCount } = await client.query(statements.settleAsSold, [merchant, txn_id, leaseId, nowMs]);
  if (!rowCount) return undefined;
  const settlement = await work(client);
  const refusal = refusalOf(settlement);
  if (refusal !== null) await client.query(statements.settleAsRefused, [merchant, txn_id, refusal]);
  return settlement;
}

/** A lock that is not free in time (`lock_not_available`) is somebody else's work: undecided, and no error. */
async function refusingWhenBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw (error as { code?: unknown } | undefined)?.code === "55P03" ? new ProblemError(503) : error;
  }
}
