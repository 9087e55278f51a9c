import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { newDatabase } from "@codegames/database";
import { describe, expect, inject, test } from "vitest";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import { stateHandlers } from "./states.ts";
import { faultsOf, verify } from "./verify.ts";

const stores = {
  SQLite: async () => ":memory:",
  PostgreSQL: () => newDatabase(inject("databaseUrl")),
};

describe.each(Object.entries(stores))("the sandbox on %s", (_, newDatabase) => {
  test("keeps every interaction of the pact", async () => {
    const report = await verify(fileURLToPath(pactFile), { handlers: stateHandlers, newDatabase });
    expect(faultsOf(report, interactions.map(({ description }) => description))).toEqual([]);
    expect(report.verified).toHaveLength(46);
  });
});

const states = [...new Map(interactions.map(({ state }) => [state.name, Object.keys(state.params).join(", ")]))].toSorted();

test("no state handler is left that no interaction asks for", () => {
  expect(Object.keys(stateHandlers).toSorted()).toEqual(states.map(([name]) => name).toSorted());
});

test("the README beside the pact explains each state and its parameters, and no other", () => {
  const readme = readFileSync(new URL("README.md", pactFile), "utf8");
  const rows = [...readme.matchAll(/^\| (.+?) \|(?: (.*?))? \| .+ \|$/gm)].map(([, name, params = ""]) => [name, params]);
  expect(rows.filter(([name]) => name !== "State").toSorted()).toEqual(states);
});
