import type { TransactionStore } from "@codegames/server";
import { openPostgresStore, type PostgresClient } from "@codegames/server/postgres-store";
import { openSqliteStore } from "@codegames/server/sqlite-store";
import pg from "pg";

/** Runs SQL with `?` for parameters, on either database. */
export type Query = (sql: string, ...values: (string | number | bigint | null)[]) => Promise<Row[]>;

// A row of either database; int64 arrives as a bigint or as text.
// oxlint-disable-next-line typescript/no-explicit-any
type Row = Record<string, any>;

/** The database of a sandbox: the store of transactions, and SQL beside it. */
export interface Database {
  // Each store has its own kind of transaction, which only `within` reads.
  // oxlint-disable-next-line typescript/no-explicit-any
  store: TransactionStore<any>;
  /** Runs SQL outside of every sale. */
  query: Query;
  /** Runs SQL in the transaction of a sale. */
  within(tx: unknown): Query;
  /** Runs work while no other sandbox that starts on the same database runs its own. */
  exclusively(work: (query: Query) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Opens a SQLite file, `":memory:"` or a PostgreSQL database. */
export async function openDatabase(database: string): Promise<Database> {
  return /^postgres(ql)?:\/\//.test(database) ? openPostgres(database) : openSqlite(database);
}

function openSqlite(file: string): Database {
  const store = openSqliteStore({ file });
  const within =
    (): Query =>
    async (sql, ...values) => {
      const statement = store.database.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all(...values);
    };
  // One connection: a change in the middle of a sale would join its transaction, and be rolled back with it.
  const query: Query = (sql, ...values) => store.run(() => within()(sql, ...values));
  return { store, query, within, exclusively: (work) => work(query), close: () => store.close() };
}

async function openPostgres(connectionString: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString, max: 20 });
  pool.on("error", () => {});
  const on =
    (client: PostgresClient): Query =>
    async (sql, ...values) => {
      let count = 0;
      return (
        await client.query(
          sql.replaceAll("?", () => `$${++count}`),
          values,
        )
      ).rows;
    };
  const exclusively: Database["exclusively"] = async (work) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtext('codegames_sandbox'))");
      await work(on(client));
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  };
  const within = (tx: unknown) => on(tx as PostgresClient);
  return { store: await openPostgresStore(pool), query: on(pool), within, exclusively, close: () => pool.end() };
}
