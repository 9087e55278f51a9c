import { afterAll, beforeAll, expect, test } from "vitest";
import { statementsIn } from "../storage/statements.ts";
import { openParts, type Parts } from "../testing/open-parts.ts";
import { operationStatements } from "./operation-statements.ts";

let parts: Parts;
beforeAll(async () => {
  parts = await openParts();
  // As in use: almost all operations are settled.
  await parts.sql(`INSERT INTO codegames.operation (queue, txn_id, id, state, created_at)
    SELECT 'hub', 'T-' || n, gen_random_uuid(), CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'succeeded' END, now()
    FROM generate_series(1, 20000) n`);
  await parts.sql("ANALYZE codegames.operation");
});
afterAll(() => parts.storage.close());

const id = "00000000-0000-0000-0000-000000000000";
type Name = keyof typeof operationStatements;

/** The parameters after the queue. */
const values: Record<Name, unknown[]> = {
  find: [["T-1"]],
  listByState: [["succeeded"], 10],
  listWaiting: [10],
  addPending: [["N-1"], [id], [null], [null]],
  noteAnswer: ["T-100", "{}"],
  markNotSent: ["T-100", "{}"],
  reopen: ["T-100"],
  lock: [["T-100", "T-200"], ["pending"]],
  lockFree: [["T-100", "T-200"], ["pending"]],
  settle: [["T-100"], ["succeeded"], [null], ["{}"], [null]],
  markConflict: ["T-1"],
  keepDecision: ["T-100", "{}"],
  giveUp: ["T-100", 0, id, "hub-status"],
  redrive: ["T-100"],
  resolve: ["T-100", "{}", false],
  countAbsent: [["T-100"], [0], "hub-status"],
  countUnsent: [["T-100"]],
  readUnsent: [["T-100"]],
  addEvent: ["T-100", "resolved", "{}"],
};

/** No index leads to it: the operator lists by a state rarely, and one more index would cost every pay. */
const scans: readonly Name[] = ["listByState"];

test.each(Object.keys(operationStatements) as Name[])("%s reads no operation that it does not need", async (name) => {
  const sql = statementsIn("codegames", operationStatements)[name];
  const rows = await parts.sql(`EXPLAIN ${sql}`, ["hub", ...values[name]]);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  if (scans.includes(name)) expect(plan).toMatch(/Seq Scan on operation/);
  else expect(plan).not.toMatch(/Seq Scan on operation/);
});
