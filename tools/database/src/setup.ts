import type { TestProject } from "vitest/node";
import { startDatabase } from "./database.ts";

/** A PostgreSQL for the tests: that of `DATABASE_URL`, or one of their own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env["DATABASE_URL"];
  const database = given ? undefined : await startDatabase();
  project.provide("databaseUrl", given ?? database?.url ?? "");
  return database?.stop;
}
