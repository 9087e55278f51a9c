import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type {} from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the server that `setup.ts` has started. */
    databaseUrl: string;
  }
}

/** A PostgreSQL server for tests and benchmarks. */
export interface Database {
  url: string;
  /** Ends it as a crash would (`pg_ctl stop -m immediate`) and starts it again, on the same port and files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL on loopback; rejects when it ends before it listens. */
export async function startDatabase(): Promise<Database> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("serve.ts", import.meta.url))], { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: url } = await lines.next();
  if (!url) throw new Error(`PostgreSQL did not start: ${errors}`);
  return {
    url,
    async restart() {
      child.stdin.write("restart\n");
      const { value } = await lines.next();
      if (value !== "restarted") throw new Error(`PostgreSQL did not start again: ${errors}`);
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

let count = 0;

/** Makes a new, empty database on a server, and gives its URL: tests that run at once do not meet in it. */
export async function newDatabase(serverUrl: string): Promise<string> {
  const name = `codegames_${process.pid}_${Date.now()}_${count++}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
