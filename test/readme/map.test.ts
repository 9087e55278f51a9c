import { readFileSync } from "node:fs";
import { operations } from "@codegames/contract";
import { expect, test } from "vitest";
import { ofReading, ofStatus, page, printPage, readings, testNames } from "./map.ts";

const names = testNames();

test("every interpretation is in the name of a test", () => {
  expect(readings.filter(({ id }) => ofReading(names, id).length === 0)).toEqual([]);
});

test("every status of every operation is in the name of a test", () => {
  const statuses = Object.values(operations).flatMap(({ id, outcomes }) => Object.keys(outcomes).map((status) => [id, status] as const));
  expect(statuses.filter(([id, status]) => ofStatus(names, id, status).length === 0)).toEqual([]);
});

test("the page of the tests says what the names of the tests say", () => {
  expect(readFileSync(page, "utf8"), "write it anew: node test/readme/map.ts").toBe(printPage());
}, 60_000);
