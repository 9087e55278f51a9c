import type { TestProject } from "vitest/node";
import { startDatabase } from "./database.ts";

/** Provides the tests with a PostgreSQL: the server at `DATABASE_URL`, or else a new one. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const existingUrl = process.env["DATABASE_URL"];
  const database = existingUrl ? undefined : await startDatabase();
  project.provide("databaseUrl", existingUrl ?? database?.url ?? "");
  return database?.stop;
}
