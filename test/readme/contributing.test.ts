import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "./root.ts";

const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

/** The diff in the chapter with this title. */
const diffOf = (title: string): string => {
  const [, chapter = ""] = text.split(`${title}\n`);
  const [, indent = "", diff = ""] = /^( *)```diff\n(.*?)^ *```$/ms.exec(chapter) ?? [];
  return diff.replaceAll(new RegExp(`^${indent}`, "gm"), "");
};

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "codegames-contributing-"));
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split(
    "\n",
  );
  for (const file of files.filter((each) => each !== "" && existsSync(join(root, each)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const folders = new Set(files.filter((file) => file.endsWith("package.json")).map(dirname));
  for (const folder of folders) {
    const modules = join(root, folder, "node_modules");
    if (existsSync(modules)) symlinkSync(modules, join(copy, folder, "node_modules"));
  }
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a file with Node in a folder of the copy. */
const run = (folder: string, file: string, ...args: string[]) => {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off" };
  const options = { cwd: join(copy, folder), encoding: "utf8", env } as const;
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ["--no-warnings", file, ...args], options);
  expect(error).toBeUndefined();
  return { status, output: stdout + stderr };
};

/** Applies the diff of a chapter, follows the steps of CONTRIBUTING.md, and returns the files with compiler errors. */
function change(title: string): string[] {
  const version = /^  version: (.*)$/m.exec(readFileSync(join(copy, "spec/openapi.yaml"), "utf8"))?.[1] ?? "";
  const [major = "", minor = ""] = version.split(".");
  const next = `${major}.${Number(minor) + 1}.0`;
  const raise = diffOf("## To change the contract")
    .replaceAll(/-  version: .*/g, `-  version: ${version}`)
    .replaceAll(/\+  version: .*/g, `+  version: ${next}`);
  for (const diff of [raise, diffOf(title)]) {
    expect(diff).toContain("+++");
    execFileSync("git", ["apply", "-"], { cwd: copy, input: diff });
  }
  const lint = run("spec", join(root, "spec/node_modules/@redocly/cli/bin/cli.js"), "lint", "--config", "redocly.yaml");
  expect(lint.status, lint.output).toBe(0);
  const summary = new RegExp(`\\d+ major, \\d+ minor, \\d+ patch\nreleased .*, now ${next.replaceAll(".", "\\.")}`);
  expect(run(".", "tools/diff/src/main.ts").output).toMatch(summary);
  const generated = run(".", "tools/codegen/src/main.ts");
  expect(generated.status, generated.output).toBe(0);
  const projects = ["packages", "tools", "test"].flatMap((folder) => {
    const rooms = readdirSync(join(copy, folder)).map((name) => `${folder}/${name}`);
    return rooms.filter((room) => existsSync(join(copy, room, "tsconfig.json")));
  });
  const { status, output } = run(".", join(root, "node_modules/typescript/bin/tsc"), "-b", ...projects, "spec");
  const named = [...output.matchAll(/^([\w./-]+)\(\d+,\d+\): error/gm)].map(([, file]) => file ?? "");
  expect(named.length > 0, output).toBe(status !== 0);
  // The compiler reaches the original repository through node_modules; only files of the copy count.
  return [...new Set(named.filter((file) => !file.startsWith("..")))];
}

const answerWithRegion = `
import { operations } from "./packages/contract/src/gen/operations.ts";
import { productMembers } from "./packages/server/src/sell-once/product-members.ts";

const row = { name: "Card", price: 5, partner_price: 4, isInStock: true, region: "KZ", productKey: "KEY" };
const product = { id: 1n, ...productMembers(operations.check)(row) };
console.log(operations.check.response.codec.encode({ status: "OK", product }).text);
`;

test("a field can be added as CONTRIBUTING.md says", () => {
  expect(change("### Add a field")).toEqual([]);
  expect(readFileSync(join(copy, "packages/contract/src/gen/types.ts"), "utf8")).toContain("region?: string");
  // Nothing else has to change: what findProduct gives `sellOnce` reaches the wire.
  writeFileSync(join(copy, "answer.ts"), answerWithRegion);
  const { output } = run(".", "answer.ts");
  expect(output).toContain('"region":"KZ"');
  expect(output).not.toContain("KEY");
}, 120_000);

test("a status can be added as CONTRIBUTING.md says, and the compiler names the files that it lists", () => {
  expect(change("### Add a status")).toEqual(["packages/client/src/result.test.ts", "test/mock/mock.test.ts"]);
  expect(readFileSync(join(copy, "packages/contract/src/gen/operations.ts"), "utf8")).toContain(
    'LIMIT_EXCEEDED: "rejected"',
  );
}, 120_000);

test("an operation can be added as CONTRIBUTING.md says, and the compiler names the files without it", () => {
  const places = change("### Add an operation");
  expect(places.filter((file) => !/^test\/|\.(test|fixture)\.ts$/.test(file)).sort()).toEqual([
    "packages/server/src/sell-once/sell-once.ts",
    "tools/docs/src/tables/outcomes.ts",
  ]);
  expect(readFileSync(join(copy, "packages/client/src/gen/client.ts"), "utf8")).toContain("stock(request");
}, 120_000);
