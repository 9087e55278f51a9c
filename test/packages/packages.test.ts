import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "./pnpm.ts";
import { gzipSize } from "./size.ts";
import { packAll, reachedFiles } from "./tarball.ts";

const folder = mkdtempSync(join(tmpdir(), "packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const packages = await packAll(folder);
const names = ["client", "codec", "command-line", "contract", "retry-queue", "sandbox", "server"];

/** Shipped beside what `exports` and `bin` lead to. */
const shippedToo = ["LICENSE", "README.md", "package.json"];
const shippedOf: Record<string, string[]> = { "@codegames/contract": ["pacts/README.md"], "@codegames/retry-queue": ["states.svg"] };

/** At most so many bytes: what was measured when the line was written, and a little room. Raise one on purpose only. */
const tarballBudgets: Record<string, number> = {
  "@codegames/client": 29_000,
  "@codegames/codec": 19_000,
  "@codegames/command-line": 6_000,
  "@codegames/contract": 25_000,
  "@codegames/retry-queue": 58_000,
  "@codegames/sandbox": 16_500,
  "@codegames/server": 36_000,
};

/** The same for code that is bundled, minified and compressed. */
const bundleBudgets: [name: string, code: string, bytes: number][] = [
  ["client", `export { createClient } from "@codegames/client";`, 12_300],
  ["client-all", `export * from "@codegames/client";`, 14_000],
  ["contract", `export * from "@codegames/contract";`, 5_500],
  ["server", `export { createHandler } from "@codegames/server";`, 8_000],
  ["server-all", `export * from "@codegames/server";`, 11_500],
];

test("every package of the workspace is packed", () => {
  expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(names.map((name) => `@codegames/${name}`));
});

describe.each(packages)("the tarball of $manifest.name", (tarball) => {
  const { manifest, file, files } = tarball;

  test("is in order for publint", async () => {
    const data = readFileSync(file);
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has types that are right for ES modules and bundlers", async () => {
    const attw = join(fileURLToPath(import.meta.resolve("@arethetypeswrong/cli/package.json")), "../dist/index.js");
    const run = promisify(execFile)(process.execPath, [attw, "--profile", "esm-only", "--no-emoji", "--no-color", file]);
    await expect(run.catch(({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout)))).resolves.toBeDefined();
  });

  test("holds what its entries lead to, and nothing else", () => {
    expect([...files.keys()].sort()).toEqual([...reachedFiles(tarball), ...shippedToo, ...(shippedOf[manifest.name] ?? [])].sort());
  });

  test("holds no secret and no path of the machine that packed it", () => {
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY|\bnpm_\w{36}|\bgh[a-z]_\w{36}|_authToken/;
    expect([...files].filter(([, text]) => secret.test(text) || text.includes(root)).map(([path]) => path)).toEqual([]);
  });

  test("says who made it, under which licence, where its source is and what it runs on", () => {
    const directory = `packages/${manifest.name.split("/")[1]}`;
    expect(manifest).toMatchObject({
      license: "MIT",
      repository: { type: "git", url: "git+https://github.com/codegames-gg/api-hub.git", directory },
      homepage: `https://github.com/codegames-gg/api-hub/tree/main/${directory}#readme`,
      bugs: "https://github.com/codegames-gg/api-hub/issues",
      author: expect.stringContaining("CodeGames"),
      description: expect.stringMatching(/\w{3}/),
      keywords: expect.arrayContaining(["codegames"]),
      type: "module",
      sideEffects: false,
      engines: { node: expect.stringMatching(/^>=22/) },
      publishConfig: { access: "public", provenance: true },
    });
    expect(files.get("LICENSE")).toBe(readFileSync(`${root}LICENSE`, "utf8"));
  });

  test("depends on exact versions, and of the other packages on its own", () => {
    for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
      if (name.startsWith("@codegames/")) expect(version, name).toBe(manifest.version);
      else expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test("runs nothing when it is installed", () => {
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => /install|prepare/.test(name))).toEqual([]);
  });

  test("begins its README with code", () => {
    expect(files.get("README.md")?.split("\n").slice(0, 8)).toContain("```ts");
  });

  test("is within its size", () => {
    console.log(`${manifest.name}: ${tarball.bytes} bytes packed, at most ${tarballBudgets[manifest.name]}`);
    expect(tarball.bytes).toBeLessThanOrEqual(tarballBudgets[manifest.name] ?? 0);
  });

  test("can be required from CommonJS", () => {
    const entries = Object.keys(manifest.exports).map((path) => join(manifest.name, path));
    const code = `console.log(JSON.stringify(${JSON.stringify(entries)}.filter((entry) => Object.keys(require(entry)).length > 0)))`;
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    expect(JSON.parse(execFileSync(process.execPath, ["--input-type=commonjs", "-e", code], { cwd, encoding: "utf8" }))).toEqual(entries);
  });
});

test.each(bundleBudgets)("%s is within its size when it is bundled", async (name, code, budget) => {
  const bytes = await gzipSize(name, code);
  console.log(`${name}: ${bytes} bytes bundled, minified, gzip, at most ${budget}`);
  expect(bytes).toBeLessThanOrEqual(budget);
});
