import { migrations } from "../gen/migrations.ts";
import { QueueError } from "../queue-error.ts";
import { reasonOf, type Storage } from "./database.ts";
import type { Db } from "./db.ts";
import { inSchema } from "./statements.ts";

/** One step of the tables, from the version before. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export interface MigrateOptions {
  /** The steps, for tests. */
  steps?: readonly Migration[];
  /** How long a step waits for locks of the merchant's own transactions. All pays may wait behind it. */
  lockTimeoutMs?: number;
}

/**
 * Brings the tables of a schema to the version of this package, in one transaction; makes them if there are none. Of
 * several processes at once one does it, and the others wait for it. Tables of a later version are left alone.
 *
 * @throws A {@link QueueError} with code `migration-failed`: nothing has changed.
 * @throws A {@link QueueError} with code `foreign-database` when the tables are of a later version.
 */
export async function migrate(
  { schema, db, transaction }: Storage,
  isOwnBoss: boolean,
  { steps = migrations, lockTimeoutMs = 5000 }: MigrateOptions = {},
): Promise<void> {
  const latest = steps.length;
  if ((await readVersion(db, schema)) === latest) return;
  await transaction(async (tx) => {
    await tx.executeSql("SELECT pg_advisory_xact_lock(hashtext($1))", [`codegames retry queue ${schema}`]);
    const found = await readVersion(tx, schema);
    if (found > latest) throw otherVersion(schema, found, latest);
    try {
      await tx.executeSql(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
      for (const { statements } of steps.slice(found)) {
        for (const sql of statements) await tx.executeSql(inSchema(schema, sql));
      }
      if (found === 0 && isOwnBoss) await vacuumJobsOften(tx, schema);
      await writeVersion(tx, schema, found, latest);
    } catch (error) {
      throw migrationFailed(schema, found, latest, error);
    }
  });
}

/**
 * Refuses tables of any other version than that of this package, and changes nothing.
 *
 * @throws A {@link QueueError} with code `foreign-database`
 */
export async function requireLatestVersion({ schema, db }: Storage): Promise<void> {
  const found = await readVersion(db, schema);
  if (found !== migrations.length) throw otherVersion(schema, found, migrations.length);
}

/**
 * Reads the version of the tables; 0 when there are none. It reads the catalog, because `to_regclass` answers from a
 * cache of the connection, and misses a table that another process has just made.
 */
async function readVersion(db: Db, schema: string): Promise<number> {
  const { rows } = await db.executeSql(
    "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'operation_version'",
    [schema],
  );
  if (rows.length === 0) return 0;
  const { rows: versions } = await db.executeSql(`SELECT version FROM ${schema}.operation_version`);
  return versions[0]?.version ?? 0;
}

/** Keeps one row: version 1 reads any row, and would take the tables for its own. */
async function writeVersion(tx: Db, schema: string, found: number, version: number): Promise<void> {
  if (found > 0) return void (await tx.executeSql(`UPDATE ${schema}.operation_version SET version = $1`, [version]));
  await tx.executeSql(`CREATE TABLE IF NOT EXISTS ${schema}.operation_version (version integer PRIMARY KEY)`);
  await tx.executeSql(`INSERT INTO ${schema}.operation_version VALUES ($1)`, [version]);
}

/** Every status call rewrites its job: without frequent vacuums, leasing reads through the dead rows. */
async function vacuumJobsOften(tx: Db, schema: string): Promise<void> {
  await tx.executeSql(
    `ALTER TABLE ${schema}.job_common SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)`,
  );
}

function otherVersion(schema: string, found: number, own: number): QueueError {
  const advice = found < own ? "; first run the program that uses this queue with this version" : "";
  return new QueueError(
    "foreign-database",
    `Cannot open the queue: the tables of schema ${schema} have version ${found}, and this package has ${own}${advice}`,
  );
}

function migrationFailed(schema: string, found: number, latest: number, cause: unknown): QueueError {
  const state = found === 0 ? "has no tables" : `stays at version ${found}, which its processes go on using`;
  const step = `because the step to version ${latest} failed: ${reasonOf(cause)}`;
  return new QueueError("migration-failed", `Cannot open the queue: schema ${schema} ${state}, ${step}`, cause);
}
