import { expect, test } from "vitest";
import { type Plan, runChaos } from "./chaos.ts";
import { tableOf } from "./print.ts";

const seed = 1;

/** Runs a plan, and expects that no rule is broken and that every kind of outcome occurred. */
async function expectSound(plan: Omit<Plan, "print">): Promise<void> {
  const verdict = await runChaos({ ...plan, print: () => {} });
  console.log(tableOf(plan, verdict).join("\n"));
  const { figures, violations, errors } = verdict;
  expect(errors).toEqual([]);
  expect(violations).toEqual([]);
  const { operations, kills, restarts } = plan;
  expect(figures).toMatchObject({ operations, acknowledged: operations, kills, restarts, conflicts: 0 });
  const calls = (figures["pays"] ?? 0) + (figures["checks"] ?? 0);
  expect((figures["faults"] ?? 0) / calls).toBeGreaterThan(0.1);
  expect(figures["succeeded"]).toBeGreaterThan(operations / 2);
  for (const name of ["cancelled", "settledByStatus", "unresolved"]) expect(figures[name], name).toBeGreaterThan(0);
}

const common = { attempts: 10, seed, skipsLeaseWait: true };

test.concurrent("three killed workers on a crashing PostgreSQL lose no operation and settle none twice", async () => {
  await expectSound({ ...common, on: "postgres", operations: 600, workers: 3, kills: 8, restarts: 2, outages: 2 });
}, 300_000);

test.concurrent("a killed worker on a folder loses no operation and settles none twice", async () => {
  await expectSound({ ...common, on: "folder", operations: 60, workers: 1, kills: 3, restarts: 0, outages: 1 });
}, 300_000);
