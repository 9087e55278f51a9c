import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { answerCases, findDrift } from "./print.ts";
import { checkFiles, python } from "./python.ts";

const folder = new URL("../../packages/contract/vectors/", import.meta.url);

test("the vectors on disk are those of the cases", () => {
  expect(findDrift(folder), "print them with: npm run vectors").toEqual([]);
});

test("every case has a name of its own", () => {
  expect(new Set(answerCases.map(({ name }) => name)).size).toBe(answerCases.length);
});

test.skipIf(!python)("the reader in Python passes all vectors by their files alone", () => {
  const files = ["answers.json", "numbers.json"].map((name) => fileURLToPath(new URL(name, folder)));
  expect(checkFiles(...files)).toBe("");
});
