import { describe, expect, test } from "vitest";
import { openers } from "../transaction-store/stores.fixture.ts";
import { classes, enumerate, maxFaults, nameOfClass } from "./classes.ts";
import { postgres, sqlite } from "./dialect.ts";
import { interleavingCases } from "./interleaving-cases.ts";
import { tellSchedule } from "./tell-schedule.ts";

const inWords = (count: number | bigint) => count.toLocaleString("en");

describe.each(classes.map((each) => ({ ...each, name: nameOfClass(each) })))("every interleaving of $name", (each) => {
  // Whoever sells beside the store never holds a lock, so that both databases do the same.
  const dialects =
    each.way === "sell" ? { "PostgreSQL and SQLite": postgres } : { PostgreSQL: postgres, SQLite: sqlite };
  test.each(Object.entries(dialects))("keeps every promise on %s", { timeout: 120_000 }, async (name, dialect) => {
    const { states, schedules, violation, samples } = await enumerate(each, dialect);
    expect(violation).toBeUndefined();
    const replayed = samples.map(({ scene, schedule }) => scene.supply + tellSchedule(scene, schedule.steps));
    expect(new Set(replayed).size).toBeGreaterThanOrEqual(300);
    const counts = [`${inWords(states)} states`, `${inWords(schedules)} schedules`, "0 violations"];
    console.log(`interleavings: ${nameOfClass(each)}, on ${name}, at most ${maxFaults} faults: ${counts.join(", ")}`);
  });
});

describe.each(Object.entries(openers))("replayed on %s", (_, open) => {
  test.each(interleavingCases)("$name", { timeout: 120_000 }, ({ run }) => run(open));
});
