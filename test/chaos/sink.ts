import { createHash } from "node:crypto";

/** The table that `onSettled` writes. It has no primary key: a second settlement of an operation is a second row. */
export const sinkTable = `CREATE TABLE IF NOT EXISTS sink (txn_id text NOT NULL, operation_id text NOT NULL,
  outcome text NOT NULL, by text NOT NULL, key_hash text, at float8 NOT NULL, pid integer NOT NULL)`;

export const hashOf = (key: string) => createHash("sha256").update(key).digest("hex").slice(0, 16);
