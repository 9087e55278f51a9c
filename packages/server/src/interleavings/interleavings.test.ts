import { describe, expect, test } from "vitest";
import { openers } from "../transaction-store/stores.fixture.ts";
import { classes, enumerate, maxFaults, nameOfClass } from "./classes.ts";
import { postgres, sqlite } from "./dialect.ts";
import { interleavingCases } from "./interleaving-cases.ts";

describe.each(classes.map((each) => ({ ...each, name: nameOfClass(each) })))("every interleaving of $name", (each) => {
  // Whoever sells beside the store never holds a lock, so that both databases do the same.
  const dialects = each.way === "sell" ? { "PostgreSQL and SQLite": postgres } : { PostgreSQL: postgres, SQLite: sqlite };
  test.each(Object.entries(dialects))("keeps every promise on %s", { timeout: 120_000 }, async (name, dialect) => {
    const { states, schedules, violation } = await enumerate(each, dialect);
    expect(violation).toBeUndefined();
    console.log(
      `interleavings: ${nameOfClass(each)} on ${name}, up to ${maxFaults} faults: ${states.toLocaleString("en")} states, ` +
        `${schedules.toLocaleString("en")} schedules, 0 violations`,
    );
  });
});

describe.each(Object.entries(openers))("replayed on %s", (_, open) => {
  test.each(interleavingCases)("$name", { timeout: 120_000 }, ({ run }) => run(open));
});
