import { expect, test } from "vitest";
import { type Plan, runChaos } from "./chaos.ts";
import { tableOf } from "./print.ts";

const seed = 1;

/** Runs a plan, and expects that nothing is violated and that there was something to judge. */
async function expectSound(plan: Omit<Plan, "print">): Promise<void> {
  const verdict = await runChaos({ ...plan, print: () => {} });
  console.log(tableOf(plan, verdict).join("\n"));
  const { figures, violations, wrongs } = verdict;
  expect(wrongs).toEqual([]);
  expect(violations).toEqual([]);
  const { operations, kills, restarts } = plan;
  expect(figures).toMatchObject({ operations, acknowledged: operations, kills, restarts, conflicts: 0 });
  expect((figures["faults"] ?? 0) / ((figures["pays"] ?? 0) + (figures["checks"] ?? 0))).toBeGreaterThan(0.1);
  expect(figures["succeeded"]).toBeGreaterThan(operations / 2);
  for (const name of ["cancelled", "settledByStatus", "unresolved"]) expect(figures[name], name).toBeGreaterThan(0);
}

test.concurrent("three workers that are killed, on a PostgreSQL that crashes, lose no operation and settle none twice", async () => {
  await expectSound({ on: "postgres", operations: 600, workers: 3, kills: 8, restarts: 2, outages: 2, attempts: 10, seed, hastens: true });
}, 300_000);

test.concurrent("a worker on a folder that is killed loses no operation and settles none twice", async () => {
  await expectSound({ on: "folder", operations: 60, workers: 1, kills: 3, restarts: 0, outages: 1, attempts: 10, seed, hastens: true });
}, 300_000);
