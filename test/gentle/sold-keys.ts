import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import type { SoldKey } from "./judge.ts";

const select = "SELECT CAST(key AS text) AS key, txn_id, partner_txn_id FROM sold_keys";

/** Reads the provider's own table, past the provider. */
export async function readSoldKeys(database: string): Promise<SoldKey[]> {
  if (database.startsWith("postgres:")) {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    const { rows } = await client.query<SoldKey>(select);
    await client.end();
    return rows;
  }
  const file = new DatabaseSync(database);
  const rows = file.prepare(select).all() as unknown as SoldKey[];
  file.close();
  return rows;
}
