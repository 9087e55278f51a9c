import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { afterAll, describe, expect, inject, test } from "vitest";
import { findFaults } from "./judge.ts";
import { startProvider, type ProviderInput } from "./provider-process.ts";
import { endingOf, type Ending, restartUnderLoad, type Run } from "./restarts.ts";
import { readSoldKeys } from "./sold-keys.ts";

const ends = 50;
const folder = mkdtempSync(join(tmpdir(), "codegames-gentle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const databases = {
  SQLite: async (name: string) => join(folder, `${name}.db`),
  PostgreSQL: () => newDatabase(inject("databaseUrl")),
};

function countEndings({ pays, lives }: Run): Record<Ending, number> {
  const counts = { sold: 0, "503": 0, "connection refused": 0, "never accepted": 0, cut: 0, other: 0 };
  for (const pay of pays) counts[endingOf(pay, lives)]++;
  return counts;
}

/** Compares every pay of a run with its status and with the table of sold keys. */
async function judge({ pays }: Run, database: string): Promise<string[]> {
  const provider = await startProvider({ database, port: 0, end: "gently" });
  try {
    return await findFaults(pays, await readSoldKeys(database), provider.port);
  } finally {
    await provider.end();
  }
}

const print = (name: string, run: Run, counts: Record<Ending, number>) => {
  const underWay = run.lives.reduce((sum, life) => sum + life.underWay, 0);
  const list = Object.entries(counts).map(([ending, count]) => `${count} ${ending}`);
  console.log(
    `gentle: ${name}, ended ${run.lives.length} times with ${underWay} pays under way: ` +
      `${run.pays.length} pays, ${list.join(", ")}`,
  );
};

describe.each(Object.entries(databases))("on %s", (name, open) => {
  test(`B14 a provider ended ${ends} times by SIGTERM under load cuts no pay, and every status is true`, async () => {
    const database = await open("gently");
    const run = await restartUnderLoad({ database, end: "gently" }, ends);
    const counts = countEndings(run);
    print(name, run, counts);
    const cut = run.pays.filter((pay) => endingOf(pay, run.lives) === "cut");
    expect(cut.map(({ error, txnId }) => `${txnId} ${error}`)).toEqual([]);
    expect(counts.other).toBe(0);
    expect(run.lives.map(({ cut: own }) => own)).toEqual(Array(ends).fill(0));
    // Some are reset while the port closes, which no process can prevent; without care it is six at each end.
    expect(counts["never accepted"]).toBeLessThan(ends);
    expect(await judge(run, database)).toEqual([]);
    // The ends came in the middle of work.
    expect(counts.sold).toBeGreaterThan(10 * ends);
    expect(run.lives.reduce((sum, { underWay }) => sum + underWay, 0)).toBeGreaterThan(2 * ends);
    expect(counts["503"]).toBeGreaterThan(0);
  });
});

test("B14 the same provider without closeGently cuts pays, and its statuses stay true", async () => {
  const input: Omit<ProviderInput, "port"> = { database: await databases.SQLite("at-once"), end: "at-once" };
  const run = await restartUnderLoad(input, 10);
  const counts = countEndings(run);
  print("SQLite without closeGently", run, counts);
  expect(counts.cut).toBeGreaterThan(10);
  expect(await judge(run, input.database)).toEqual([]);
});
