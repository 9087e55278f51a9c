import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { newDatabase } from "@codegames/database";
import { describe, expect, inject, test } from "vitest";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import { stateHandlers } from "./states.ts";
import { findFaults, verify } from "./verify.ts";

const stores = {
  SQLite: async () => ":memory:",
  PostgreSQL: () => newDatabase(inject("databaseUrl")),
};

describe.each(Object.entries(stores))("the sandbox on %s", (_, newDatabase) => {
  test("keeps every interaction of the pact", async () => {
    const report = await verify(fileURLToPath(pactFile), { handlers: stateHandlers, newDatabase });
    expect(
      findFaults(
        report,
        interactions.map(({ description }) => description),
      ),
    ).toEqual([]);
    expect(report.verified).toHaveLength(46);
  });
});

/** The name and the parameters of each state. */
const states = [...new Map(interactions.map(({ state }) => [state.name, Object.keys(state.params).join(", ")]))];
const sort = (rows: string[][]) => rows.toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1));

test("every state handler is asked for by an interaction", () => {
  expect(Object.keys(stateHandlers).toSorted()).toEqual(states.map(([name]) => name).toSorted());
});

test("the README beside the pact explains exactly these states and parameters", () => {
  const readme = readFileSync(new URL("README.md", pactFile), "utf8");
  const rows = [...readme.matchAll(/^\| (.+?) \|(?: (.*?))? \| .+ \|$/gm)].map(([, name = "", params = ""]) => [
    name,
    params,
  ]);
  expect(sort(rows.filter(([name]) => name !== "State"))).toEqual(sort(states));
});
