import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const printed = fileURLToPath(new URL("../cases/printed/many-files", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "codegen-"));
  cpSync(printed, folder, { recursive: true });
  rmSync(join(folder, "expected"), { recursive: true, force: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const codegen = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
const filesOf = (out: string) =>
  readdirSync(join(folder, out), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const generate = () => codegen("--spec", "openapi.yaml", "--out", "out");

test("codegen writes contract, client and server into the folder, and leaves them alone when nothing changed", () => {
  const first = generate();
  expect(first.stdout).toBe("codegen: 9 files from openapi.yaml, 9 of them changed\n");
  expect(first.status).toBe(0);
  const client = join(folder, "out/client/client.ts");
  const before = statSync(client).mtimeMs;
  expect(generate().stdout).toBe("codegen: 9 files from openapi.yaml, 0 of them changed\n");
  expect(statSync(client).mtimeMs).toBe(before);
  expect(filesOf("out")).toHaveLength(9);
});

test("codegen --check writes nothing, and names what is missing, changed or surplus", () => {
  generate();
  const check = () => codegen("--spec", "openapi.yaml", "--out", "out", "--check");
  expect(check()).toMatchObject({ status: 0, stdout: "codegen: the generated files are up to date\n" });
  const types = join(folder, "out/contract/types.ts");
  const text = readFileSync(types, "utf8");
  writeFileSync(types, `${text}// by hand\n`);
  writeFileSync(join(folder, "out/contract/old.ts"), text);
  writeFileSync(join(folder, "out/contract/own.ts"), "// a file that nobody generated\n");
  rmSync(join(folder, "out/client/client.ts"));
  const { status, stderr } = check();
  expect(status).toBe(1);
  expect(
    stderr
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim())
      .sort(),
  ).toEqual(["changed: out/contract/types.ts", "missing: out/client/client.ts", "surplus: out/contract/old.ts"]);
  expect(readFileSync(types, "utf8")).toContain("by hand");
  expect(generate().status).toBe(0);
  expect(check().status).toBe(0);
  const names = filesOf("out").map(({ name }) => name);
  expect(names).toContain("own.ts");
  expect(names).not.toContain("old.ts");
});

test("codegen refuses a document with file, line, pointer and reason, and leaves the previous output untouched", () => {
  generate();
  const before = readFileSync(join(folder, "out/contract/codecs.ts"), "utf8");
  writeFileSync(join(folder, "Moment.yaml"), "type: integer\nformat: int64\nmultipleOf: 5\n");
  const { status, stderr, stdout } = generate();
  expect(stderr).toMatch(
    /^codegen: Moment\.yaml:3 #\/components\/schemas\/Moment\/multipleOf keyword "multipleOf" is not supported.*\n$/,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(readFileSync(join(folder, "out/contract/codecs.ts"), "utf8")).toBe(before);
});

test("codegen writes nothing at all for a document that it refuses the first time", () => {
  writeFileSync(join(folder, "openapi.yaml"), "openapi: 3.0.0\n");
  expect(generate().status).toBe(1);
  expect(readdirSync(folder)).not.toContain("out");
});

test.each([
  [["--spec", "openapi.yaml"], /^codegen: --spec needs --out/],
  [["--sepc", "openapi.yaml"], /^codegen: option "--sepc" is not known/],
  [["openapi.yaml"], /^codegen: argument "openapi.yaml" is not expected/],
  [["--spec"], /^codegen: option "--spec" needs a value/],
])("codegen %j says what is wrong in one line and exits with 2", (args, message) => {
  const { status, stderr } = codegen(...args);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(status).toBe(2);
});

test("codegen of a file that does not exist says so without a stack trace", () => {
  const { status, stderr } = codegen("--spec", "nowhere.yaml", "--out", "out");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^codegen: nowhere\.yaml .*no such file.*\n$/);
});

test("codegen into a place that cannot be a folder says so without a stack trace", () => {
  const { status, stderr } = codegen("--spec", "openapi.yaml", "--out", "openapi.yaml");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^codegen: E[A-Z]+: .*openapi\.yaml.*\n$/);
});

test("codegen --help tells every option", () => {
  const { status, stdout } = codegen("--help");
  for (const option of ["--spec", "--out", "--check", "--help"]) expect(stdout).toContain(option);
  expect(status).toBe(0);
});
