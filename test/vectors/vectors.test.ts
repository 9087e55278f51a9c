import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { clientJudge } from "./client.ts";
import { answerCases, findDrift } from "./print.ts";
import { checkFiles, python } from "./python.ts";

const folder = new URL("../../packages/contract/vectors/", import.meta.url);

test("the vectors on disk are those of the cases", () => {
  expect(findDrift(folder), "print them with: npm run vectors").toEqual([]);
});

test("every case has a name of its own", () => {
  expect(new Set(answerCases.map(({ name }) => name)).size).toBe(answerCases.length);
});

const judge = clientJudge("shared");

test.each(answerCases)("$name", async ({ answer, expected }) => {
  const found = await judge(answer);
  // A client may keep more of what it did not understand than it must.
  const keepsBody = found.keepsBody && found.outcome === "unknown" ? expected.keepsBody : found.keepsBody;
  expect({ ...found, keepsBody }).toEqual(expected);
});

if (!python) console.log("Skipped: reader.py needs a python3 from 3.9 on in PATH");

test.skipIf(!python)("the reader in Python passes all vectors by their files alone", () => {
  const files = ["answers.json", "numbers.json"].map((name) => fileURLToPath(new URL(name, folder)));
  expect(checkFiles(...files)).toBe("");
});
