import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { python } from "./python.ts";
import { signatureVectors } from "./signatures.ts";

const file = fileURLToPath(import.meta.resolve("@codegames/contract/vectors/signatures.json"));
const checker = fileURLToPath(new URL("signatures.py", import.meta.url));
if (!python) console.log("Skipped: signatures.py needs a python3 from 3.9 on in PATH");

const vectors = signatureVectors();

test("the names of the signatures are unique", () => {
  const names = vectors.cases.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

test.skipIf(!python)("a reader in Python finds the same signatures, merchants and failing steps (E1)", () => {
  const { stdout, stderr, status } = spawnSync(python!, [checker, file], { encoding: "utf8" });
  expect({ stdout, stderr, status }).toEqual({
    stdout: `${vectors.cases.length} signatures as they should be\n`,
    stderr: "",
    status: 0,
  });
});
