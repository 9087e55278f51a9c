import { join } from "node:path";
import { newDatabase, startDatabase } from "@codegames/database";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { sinkTable } from "./sink.ts";

/** The database of a run, and a way to read it without the queue. */
export interface Store {
  /** The option `database` of `openRetryQueue`. */
  database: string;
  /** Runs SQL and returns its rows. A folder must not be open in a worker. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  restart?(): Promise<void>;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<Store> {
  const server = await startDatabase();
  const database = await newDatabase(server.url);
  const query = async <Row extends object>(sql: string) => {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await query(sinkTable);
  return { database, query, restart: () => server.restart(), close: () => server.stop() };
}

export function openFolder(folder: string): Store {
  return {
    database: folder,
    async query<Row extends object>(sql: string) {
      const lite = await PGlite.create(join(folder, "data"));
      try {
        return (await lite.query<Row>(sql)).rows;
      } finally {
        await lite.close();
      }
    },
    close: async () => {},
  };
}
