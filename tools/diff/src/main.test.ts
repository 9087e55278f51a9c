import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const releasedFile = fileURLToPath(new URL("../../../spec/released/openapi.json", import.meta.url));
const released = readFileSync(releasedFile, "utf8");
const folder = mkdtempSync(join(tmpdir(), "codegames-diff-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8", cwd: folder });
  return { status, stdout, stderr };
};

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const base = write("released.json", released);
const changed = released.replace('"attempts": 100', '"attempts": 50');
const version = /"version": "(\d+)\.(\d+)\.(\d+)"/.exec(released)!;
const withMinor = (text: string) => text.replace(version[0], `"version": "${version[1]}.${Number(version[2]) + 1}.0"`);

test("the released contract compared with itself exits 0", () => {
  expect(diff("--base", base, "--revision", base)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("no changes"),
  });
});

test("a change without a new version exits 1, and names the place, the rule and the reason", () => {
  const { status, stdout, stderr } = diff("--base", base, "--revision", write("small.json", changed));
  expect(status).toBe(1);
  const [place, reason] = stdout.split("\n");
  expect(place).toBe("minor  queue-changed  /paths/~1status/post/x-status-queue");
  expect(reason).toMatch(/^ {7}x-status-queue of status was .*100.* and is .*50/);
  expect(stderr).toMatch(
    /the version is too small: released (\S+), now \1, at least \S+ is needed; raise info\.version /,
  );
  expect(stderr).toContain("in small.json");
});

test("the same change with the version that it demands exits 0", () => {
  const { status, stdout } = diff("--base", base, "--revision", write("enough.json", withMinor(changed)));
  expect(status).toBe(0);
  expect(stdout).toContain("0 major, 1 minor, 0 patch");
});

test("a version below the released one exits 1", () => {
  const back = write("later.json", withMinor(released));
  expect(diff("--base", back, "--revision", base).status).toBe(1);
});

test.each([
  ["an unknown option", ["--nothing"], 'option "--nothing" is not known'],
  ["a missing file", ["--revision", "none.yaml"], "ENOENT"],
  ["a file that is not YAML", ["--revision", write("broken.yaml", "a: [")], "cannot be parsed"],
  [
    "a version that is not three numbers",
    ["--base", base, "--revision", write("beta.json", released.replace(version[0], '"version": "next"'))],
    'beta.json: info.version must be MAJOR.MINOR.PATCH, is "next"',
  ],
  ["--release of another document", ["--release", "--base", base], "--release takes neither --base nor --revision"],
])("%s exits 2", (_, args, message) => {
  const { status, stderr } = diff(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test("--help lists the options", () => {
  expect(diff("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--release") });
});
