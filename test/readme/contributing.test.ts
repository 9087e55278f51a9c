import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
/** The differences of a chapter, which begins with `title`. */
const diffOf = (title: string): string => {
  const [, chapter = ""] = text.split(`${title}\n`);
  const [, indent = "", diff = ""] = /^( *)```diff\n(.*?)^ *```$/ms.exec(chapter) ?? [];
  return diff.replaceAll(new RegExp(`^${indent}`, "gm"), "");
};

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "codegames-contributing-"));
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split("\n");
  for (const file of files.filter((each) => each !== "" && existsSync(join(root, each)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const folders = new Set([...files.filter((file) => file.endsWith("package.json")).map(dirname)]);
  for (const folder of folders) if (existsSync(join(root, folder, "node_modules"))) symlinkSync(join(root, folder, "node_modules"), join(copy, folder, "node_modules"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

const run = (folder: string, file: string, ...args: string[]) => {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ["--no-warnings", file, ...args], { cwd: join(copy, folder), encoding: "utf8", env: { ...process.env, REDOCLY_TELEMETRY: "off" } });
  expect(error).toBeUndefined();
  return { status, output: stdout + stderr };
};

/** Applies a chapter to the contract, and goes the way that CONTRIBUTING.md tells. Gives the files that the compiler names. */
function change(title: string): string[] {
  const version = /^  version: (.*)$/m.exec(readFileSync(join(copy, "spec/openapi.yaml"), "utf8"))?.[1] ?? "";
  const [major = "", minor = ""] = version.split(".");
  const next = `${major}.${Number(minor) + 1}.0`;
  const raise = diffOf("## To change the contract").replaceAll("-  version: 0.1.0", `-  version: ${version}`).replaceAll("+  version: 0.2.0", `+  version: ${next}`);
  for (const diff of [raise, diffOf(title)]) {
    expect(diff).toContain("+++");
    execFileSync("git", ["apply", "-"], { cwd: copy, input: diff });
  }
  const lint = run("spec", join(root, "spec/node_modules/@redocly/cli/bin/cli.js"), "lint", "--config", "redocly.yaml");
  expect(lint.status, lint.output).toBe(0);
  expect(run(".", "tools/diff/src/main.ts").output).toMatch(new RegExp(`0 major, \\d+ minor, \\d+ patch\nreleased .*, now ${next.replaceAll(".", "\\.")}`));
  const generated = run(".", "tools/codegen/src/main.ts");
  expect(generated.status, generated.output).toBe(0);
  const { status, output } = run(".", join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
  const named = [...output.matchAll(/^([\w./-]+)\(\d+,\d+\): error/gm)].map(([, file]) => file ?? "");
  expect(named.length > 0, output).toBe(status !== 0);
  // A file of the repository itself is seen through node_modules.
  return [...new Set(named.filter((file) => !file.startsWith("..")))];
}

test("a field is added as CONTRIBUTING.md says", () => {
  expect(change("### Add a field")).toEqual([]);
  expect(readFileSync(join(copy, "packages/contract/src/gen/types.ts"), "utf8")).toContain("region?: string");
}, 120_000);

test("a status is added as CONTRIBUTING.md says, and the compiler names the places that it tells", () => {
  expect(change("### Add a status")).toEqual(["packages/client/src/result.test.ts", "test/mock/mock.test.ts"]);
  expect(readFileSync(join(copy, "packages/contract/src/gen/operations.ts"), "utf8")).toContain('LIMIT_EXCEEDED: "rejected"');
}, 120_000);

test("an operation is added as CONTRIBUTING.md says, and the compiler names what lacks it", () => {
  const places = change("### Add an operation");
  expect(places.filter((file) => !/^test\/|\.test\.ts$/.test(file)).sort()).toEqual(["packages/server/src/sell-once/sell-once.ts", "tools/docs/src/tables.ts"]);
  expect(readFileSync(join(copy, "packages/client/src/gen/client.ts"), "utf8")).toContain("stock(request");
}, 120_000);
