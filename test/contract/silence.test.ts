import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, print } from "./exact-json.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import { type StateHandlers, stateHandlers } from "./states.ts";
import { faultsOf, verify } from "./verify.ts";

/** Quick ones, of three states. */
const expected = ["check is answered with OK", "check is answered with PRODUCT_NOT_FOUND", "pay is answered with WRONG_PRICE"];
const pact = parse(readFileSync(pactFile, "utf8"));
const chosen = pact.interactions.filter(({ description }: { description: string }) => expected.includes(description));
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "codegames-pact-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

function verifyOnly(kept: unknown[], handlers: StateHandlers = stateHandlers) {
  const file = join(dir, "pact.json");
  writeFileSync(file, print({ ...pact, interactions: kept }));
  return verify(file, { handlers });
}

describe("Pact keeps silent, and the run is red all the same, about", () => {
  test("nothing, when every interaction is there", async () => {
    expect(faultsOf(await verifyOnly(chosen), expected)).toEqual([]);
  });

  test("an interaction that was lost", async () => {
    const report = await verifyOnly(chosen.slice(1));
    expect(report).toMatchObject({ failed: {}, stateErrors: [] });
    expect(faultsOf(report, expected)).toEqual([`${chosen[0].description}: not in the pact`]);
  });

  test("an interaction that nobody asked for", async () => {
    const report = await verifyOnly(chosen);
    expect(faultsOf(report, expected.slice(1))).toEqual([`${expected[0]}: not expected`]);
  });

  test("a pact that is empty", async () => {
    const report = await verifyOnly([]);
    expect(report).toEqual({ verified: [], failed: {}, stateErrors: [] });
    expect(faultsOf(report, expected)).toEqual(expected.map((each) => `${each}: not in the pact`));
  });

  test("a state handler that throws", async () => {
    const handlers = { ...stateHandlers, "the card costs more": async () => { throw new Error("no such card"); } };
    const report = await verifyOnly(chosen, handlers);
    expect(report.stateErrors).toEqual(['state "the card costs more": no such card']);
    expect(faultsOf({ ...report, failed: {}, verified: expected }, expected)).toEqual(report.stateErrors);
    // Here the verifier hears of it as well: pact-js answers it that all is well.
    expect(Object.keys(report.failed)).toEqual(["pay is answered with WRONG_PRICE"]);
  });

  test("a state handler that is missing", async () => {
    const { "the card costs more": _, ...handlers } = stateHandlers;
    const report = await verifyOnly(chosen, handlers);
    expect(report.stateErrors).toEqual(['state "the card costs more": there is no handler']);
    expect(faultsOf({ ...report, failed: {}, verified: expected }, expected)).toEqual(report.stateErrors);
    expect(Object.keys(report.failed)).toEqual(["pay is answered with WRONG_PRICE"]);
  });
});

test("a verification that cannot begin is not taken for one without faults", async () => {
  await expect(verify(join(dir, "absent.json"), { handlers: stateHandlers })).rejects.toThrow("absent.json");
});

test("each interaction has a description of its own", () => {
  expect(new Set(interactions.map(({ description }) => description)).size).toBe(interactions.length);
});
