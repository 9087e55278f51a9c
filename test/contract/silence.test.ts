import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, print } from "./exact-json.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import { type StateHandlers, stateHandlers } from "./states.ts";
import { findFaults, verify } from "./verify.ts";

/** Three quick interactions of three states. */
const expected = [
  "check is answered with OK",
  "check is answered with PRODUCT_NOT_FOUND",
  "pay is answered with WRONG_PRICE",
];
const pact = parse(readFileSync(pactFile, "utf8"));
const selected = pact.interactions.filter(({ description }: { description: string }) => expected.includes(description));
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

describe("the run fails where Pact itself is silent", () => {
  test("but not when every interaction is there", async () => {
    expect(findFaults(await verifyOnly(selected), expected)).toEqual([]);
  });

  test("about a lost interaction", async () => {
    const report = await verifyOnly(selected.slice(1));
    expect(report).toMatchObject({ failed: {}, stateErrors: [] });
    expect(findFaults(report, expected)).toEqual([`${selected[0].description}: not in the pact`]);
  });

  test("about an interaction that is not expected", async () => {
    const report = await verifyOnly(selected);
    expect(findFaults(report, expected.slice(1))).toEqual([`${expected[0]}: not expected`]);
  });

  test("about an empty pact", async () => {
    const report = await verifyOnly([]);
    expect(report).toEqual({ verified: [], failed: {}, stateErrors: [] });
    expect(findFaults(report, expected)).toEqual(expected.map((each) => `${each}: not in the pact`));
  });

  test("about a state handler that throws", async () => {
    const fail = () => Promise.reject(new Error("no such card"));
    const handlers = { ...stateHandlers, "the card costs more": fail };
    const report = await verifyOnly(selected, handlers);
    expect(report.stateErrors).toEqual(['state "the card costs more": no such card']);
    expect(findFaults({ ...report, failed: {}, verified: expected }, expected)).toEqual(report.stateErrors);
    // Our provider also reports it to the verifier. pact-js would report success:
    // https://github.com/pact-foundation/pact-js/issues/631
    expect(Object.keys(report.failed)).toEqual(["pay is answered with WRONG_PRICE"]);
  });

  test("about a missing state handler", async () => {
    const { "the card costs more": _, ...handlers } = stateHandlers;
    const report = await verifyOnly(selected, handlers);
    expect(report.stateErrors).toEqual(['state "the card costs more": there is no handler']);
    expect(findFaults({ ...report, failed: {}, verified: expected }, expected)).toEqual(report.stateErrors);
    expect(Object.keys(report.failed)).toEqual(["pay is answered with WRONG_PRICE"]);
  });
});

test("a verification that cannot start is an error, not a success", async () => {
  await expect(verify(join(dir, "absent.json"), { handlers: stateHandlers })).rejects.toThrow("absent.json");
});

test("each interaction has a unique description", () => {
  expect(new Set(interactions.map(({ description }) => description)).size).toBe(interactions.length);
});
