-- Version 2: entries of an audit trail have an order. All entries of one transaction have one time, so that a batch
-- left their order to chance. An entry from before has no number, and comes first among those of its time.
-- An identity column would rewrite the table under a lock; a default that is set afterwards rewrites nothing.

CREATE SEQUENCE :schema.operation_event_number;

ALTER TABLE :schema.operation_event ADD COLUMN number bigint;

ALTER TABLE :schema.operation_event ALTER COLUMN number SET DEFAULT nextval(':schema.operation_event_number');

ALTER SEQUENCE :schema.operation_event_number OWNED BY :schema.operation_event.number;
