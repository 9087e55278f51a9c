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

/** Files that every package ships beside those that `exports` and `bin` lead to. */
const shippedToo = ["LICENSE", "README.md", "package.json"];
const shippedOf: Record<string, string[]> = {
  "@codegames/contract": ["pacts/README.md", "vectors/README.md", "vectors/signatures.md"],
  "@codegames/retry-queue": ["states.svg"],
};

/**
 * Largest size of a tarball, in bytes: the size measured when the line was written, plus a little room. Raise one only
 * on purpose.
 */
const tarballBudgets: Record<string, number> = {
  "@codegames/client": 42_500,
  "@codegames/codec": 31_500,
  "@codegames/command-line": 6_000,
  "@codegames/contract": 49_000,
  "@codegames/retry-queue": 79_500,
  "@codegames/sandbox": 25_500,
  // A quarter of it is `storeCases`: the model and the scheduler that judge a store, also one of the user's own.
  "@codegames/server": 104_500,
};

/** Largest size of code that is bundled, minified and compressed with gzip, in bytes. */
const bundleBudgets: [name: string, code: string, bytes: number][] = [
  ["client", `export { createClient } from "@codegames/client";`, 16_700],
  ["client-all", `export * from "@codegames/client";`, 18_300],
  ["contract", `export * from "@codegames/contract";`, 6_100],
  ["server", `export { createHandler } from "@codegames/server";`, 11_300],
  ["server-all", `export * from "@codegames/server";`, 20_200],
];

test("every package of the workspace is packed", () => {
  expect(packages.map(({ manifest }) => manifest.name).toSorted()).toEqual(names.map((name) => `@codegames/${name}`));
});

describe.each(packages)("the tarball of $manifest.name", (tarball) => {
  const { manifest, file, files } = tarball;

  test("has no error, warning or suggestion of publint", async () => {
    const data = readFileSync(file);
    const archive = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: archive } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has correct types for ES modules and bundlers", async () => {
    const attw = join(fileURLToPath(import.meta.resolve("@arethetypeswrong/cli/package.json")), "../dist/index.js");
    const run = promisify(execFile)(process.execPath, [
      attw,
      "--profile",
      "esm-only",
      "--no-emoji",
      "--no-color",
      file,
    ]);
    await expect(
      run.catch(({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout))),
    ).resolves.toBeDefined();
  });

  test("holds exactly the files that its entries lead to", () => {
    const expected = [...reachedFiles(tarball), ...shippedToo, ...(shippedOf[manifest.name] ?? [])];
    expect([...files.keys()].toSorted()).toEqual(expected.toSorted());
  });

  test("holds no secret and no path of the machine that packed it", () => {
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY|\bnpm_\w{36}|\bgh[a-z]_\w{36}|_authToken/;
    const leaking = [...files].filter(([, text]) => secret.test(text) || text.includes(root));
    expect(leaking.map(([path]) => path)).toEqual([]);
  });

  test("states its author, licence, source and engines", () => {
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

  test("depends on exact versions, and on our packages in its own version", () => {
    for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
      if (name.startsWith("@codegames/")) expect(version, name).toBe(manifest.version);
      else expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test("runs no script on install", () => {
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => /install|prepare/.test(name))).toEqual([]);
  });

  test("starts its README with code", () => {
    expect(files.get("README.md")?.split("\n").slice(0, 8)).toContain("```ts");
  });

  test("is within its size budget", () => {
    console.log(`${manifest.name}: ${tarball.bytes} bytes packed, at most ${tarballBudgets[manifest.name]}`);
    expect(tarball.bytes).toBeLessThanOrEqual(tarballBudgets[manifest.name] ?? 0);
  });

  test("can be required from CommonJS", () => {
    const entries = Object.keys(manifest.exports).map((path) => join(manifest.name, path));
    const required = `${JSON.stringify(entries)}.filter((entry) => Object.keys(require(entry)).length > 0)`;
    const args = ["--input-type=commonjs", "-e", `console.log(JSON.stringify(${required}))`];
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    expect(JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }))).toEqual(entries);
  });
});

test.each(bundleBudgets)("%s is within its size budget when it is bundled", async (name, code, budget) => {
  const bytes = await gzipSize(name, code);
  console.log(`${name}: ${bytes} bytes bundled, minified, gzip, at most ${budget}`);
  expect(bytes).toBeLessThanOrEqual(budget);
});
