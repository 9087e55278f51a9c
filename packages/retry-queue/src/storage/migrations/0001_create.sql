-- Version 1: operations, their audit trail, and the state that all processes share.

-- request: the JSON of the pay; null when it was sent elsewhere.
-- decision: an answer whose settlement failed and is tried again.
-- absent_count: TXN_NOT_FOUND in a row; absent_claim: the number of the lease that got the last one.
-- unsent_claims: leases of the job that sent nothing and therefore are no attempts.
CREATE TABLE :schema.operation (
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
) WITH (fillfactor = 80);

CREATE INDEX operation_open ON :schema.operation (queue, created_at) WHERE state IN ('pending', 'not-sent');

CREATE INDEX operation_decided ON :schema.operation (queue) WHERE decision IS NOT NULL;

CREATE INDEX operation_attention ON :schema.operation (queue, created_at) WHERE attention IS NOT NULL;

CREATE TABLE :schema.operation_event (
  queue text NOT NULL,
  txn_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL
);

CREATE INDEX operation_event_txn ON :schema.operation_event (queue, txn_id, at);

-- The state of rate limit and circuit breaker. Unlogged: changed many times a second, worthless after a crash.
CREATE UNLOGGED TABLE :schema.operation_pace (
  queue text PRIMARY KEY,
  version integer NOT NULL,
  state jsonb NOT NULL
);
