import { QueueError } from "../queue-error.ts";
import type { Storage } from "./database.ts";

const version = 1;

/** Makes the missing tables. Refuses tables of another version, and leaves them alone. */
export async function makeTables({ schema, transaction }: Storage, isOwnBoss: boolean): Promise<void> {
  await transaction(async (tx) => {
    // Two processes that start at once would both make them.
    await tx.executeSql("SELECT pg_advisory_xact_lock(hashtext($1))", [`codegames retry queue ${schema}`]);
    await tx.executeSql(`CREATE TABLE IF NOT EXISTS ${schema}.operation_version (version integer PRIMARY KEY)`);
    const { rows } = await tx.executeSql(`SELECT version FROM ${schema}.operation_version`);
    const found: number | undefined = rows[0]?.version;
    if (found === version) return;
    if (found !== undefined) {
      throw new QueueError(
        "foreign-database",
        `Cannot open the queue: the tables of schema ${schema} have version ${found}, and this package has ${version}`,
      );
    }
    for (const statement of statements(schema)) await tx.executeSql(statement);
    if (!isOwnBoss) return;
    // Every status call rewrites its job: without frequent vacuums, leasing reads through the dead rows.
    await tx.executeSql(
      `ALTER TABLE ${schema}.job_common SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)`,
    );
  });
}

const statements = (schema: string) => [
  `INSERT INTO ${schema}.operation_version VALUES (${version})`,
  // request: the JSON of the pay; null when it was sent elsewhere.
  // decision: an answer whose settlement failed and is tried again.
  // absent_count: TXN_NOT_FOUND in a row; absent_claim: the number of the lease that got the last one.
  // unsent_claims: leases of the job that sent nothing and therefore are no attempts.
  `CREATE TABLE ${schema}.operation (
    queue text NOT NULL,
    txn_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    request text,
    expects_key boolean,
    state text NOT NULL CHECK (state IN (
      'pending', 'not-sent', 'succeeded', 'rejected', 'cancelled', 'unresolved', 'resolved'
    )),
    attention text CHECK (attention IN ('unresolved', 'key-missing', 'conflict')),
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    answer jsonb,
    settlement jsonb,
    decision jsonb,
    absent_count integer NOT NULL DEFAULT 0,
    absent_claim integer NOT NULL DEFAULT -1,
    unsent_claims integer NOT NULL DEFAULT 0,
    PRIMARY KEY (queue, txn_id)
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX operation_open ON ${schema}.operation (queue, created_at) WHERE state IN ('pending', 'not-sent')`,
  `CREATE INDEX operation_decided ON ${schema}.operation (queue) WHERE decision IS NOT NULL`,
  `CREATE INDEX operation_attention ON ${schema}.operation (queue, created_at) WHERE attention IS NOT NULL`,
  `CREATE TABLE ${schema}.operation_event (
    queue text NOT NULL,
    txn_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL
  )`,
  `CREATE INDEX operation_event_txn ON ${schema}.operation_event (queue, txn_id, at)`,
  // The state of rate limit and circuit breaker. Unlogged: changed many times a second, worthless after a crash.
  `CREATE UNLOGGED TABLE ${schema}.operation_pace (
    queue text PRIMARY KEY,
    version integer NOT NULL,
    state jsonb NOT NULL
  )`,
];
