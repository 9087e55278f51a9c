// Printed by print-migrations.ts from src/storage/migrations. Do not edit: change the SQL files and build.

/** The statements of every version of the tables, in order; `:schema` stands for the schema of the queue. */
export const migrations = [
{
version: 1,
file: "0001_create.sql",
statements: [
`CREATE TABLE :schema.operation (
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
`CREATE INDEX operation_open ON :schema.operation (queue, created_at) WHERE state IN ('pending', 'not-sent')`,
`CREATE INDEX operation_decided ON :schema.operation (queue) WHERE decision IS NOT NULL`,
`CREATE INDEX operation_attention ON :schema.operation (queue, created_at) WHERE attention IS NOT NULL`,
`CREATE TABLE :schema.operation_event (
  queue text NOT NULL,
  txn_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL
)`,
`CREATE INDEX operation_event_txn ON :schema.operation_event (queue, txn_id, at)`,
`CREATE UNLOGGED TABLE :schema.operation_pace (
  queue text PRIMARY KEY,
  version integer NOT NULL,
  state jsonb NOT NULL
)`,
],
},
{
version: 2,
file: "0002_order_events.sql",
statements: [
`CREATE SEQUENCE :schema.operation_event_number`,
`ALTER TABLE :schema.operation_event ADD COLUMN number bigint`,
`ALTER TABLE :schema.operation_event ALTER COLUMN number SET DEFAULT nextval(':schema.operation_event_number')`,
`ALTER SEQUENCE :schema.operation_event_number OWNED BY :schema.operation_event.number`,
],
},
];
