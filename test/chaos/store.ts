import { join } from "node:path";
import { newDatabase, startDatabase } from "@codegames/database";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { sinkTable } from "./sink.ts";

/** Where the queue of a run is, and another way to look into it than the queue. */
export interface Store {
  /** As `openRetryQueue` takes it. */
  database: string;
  /** For a folder: only while no worker has it. */
  query(sql: string): Promise<any[]>;
  restart?(): Promise<void>;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<Store> {
  const server = await startDatabase();
  const database = await newDatabase(server.url);
  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
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
    async query(sql) {
      const lite = await PGlite.create(join(folder, "data"));
      try {
        return (await lite.query(sql)).rows;
      } finally {
        await lite.close();
      }
    },
    close: async () => {},
  };
}
