import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeEach, expect, test } from "vitest";
import { commands } from "./commands.mjs";
import { root } from "./root.mjs";

const folder = mkdtempSync(join(tmpdir(), "codegames-launch-"));
afterAll(() => rmSync(folder, { recursive: true }));

const log = join(folder, "log");
const isWindows = process.platform === "win32";
beforeEach(() => rmSync(log, { force: true }));

/** A shell script in place of `npx`, which records its arguments; `$*` in it are those after pnpm's name. */
function fakeNpx(body: string): void {
  writeFileSync(join(folder, "npx"), `#!/bin/sh\nshift 3\necho "$*" >> ${log}\n${body}\n`);
  chmodSync(join(folder, "npx"), 0o755);
}

/** What was started, one line each. */
const started = () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []);

const env = { ...process.env, PATH: `${folder}:/usr/bin:/bin` };
const launch = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, "tools/launch"), ...args], { encoding: "utf8", env });

test("every script of the root is a command, and every command but `packages` is a script", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const { typecheck: _, ...launched } = scripts;
  const { packages: __, ...rest } = commands;
  expect(launched).toEqual(Object.fromEntries(Object.keys(rest).map((name) => [name, `node tools/launch ${name}`])));
});

test.each(Object.keys(commands))("--help of %s starts neither pnpm nor npm, and is all that is printed", (name) => {
  fakeNpx("exit 1");
  for (const flag of ["--help", "-h"]) {
    const { status, stdout, stderr } = launch(name, flag);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toMatch(/^[\w :/-]+: \w/);
  }
  expect(started()).toEqual([]);
});

test("--help before an install says what would be installed and run first", () => {
  const clone = join(folder, "clone");
  cpSync(join(root, "tools/launch/src"), join(clone, "tools/launch/src"), { recursive: true });
  for (const file of ["package.json", "tools/launch/package.json"]) copyFileSync(join(root, file), join(clone, file));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, "tools/launch"), "mock", "--help"], {
    encoding: "utf8",
    env,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(
    /^npm run mock: serves .*\n {2}pnpm install .*\n {2}pnpm exec turbo run build .*\n.*main\.ts\n/s,
  );
  expect(stdout).toContain("Nothing is installed yet");
});

test("--help alone lists every command", () => {
  const { status, stdout } = launch("--help");
  expect(status).toBe(0);
  for (const [name, { does }] of Object.entries(commands))
    expect(stdout).toMatch(new RegExp(`\\b${name} +${does}$`, "m"));
});

test("an unknown command exits with 2, and names those that there are", () => {
  expect(launch("mokc")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^launch: there is no command "mokc"; there are start, test, .*mock\n$/),
  });
});

test.skipIf(isWindows)("the steps run after an install, and the program at the end gets the arguments", () => {
  fakeNpx("");
  expect(launch("mock", "--port", "1")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const [install, build, program, ...more] = started();
  expect(install).toBe("install --frozen-lockfile");
  expect(build).toMatch(/^exec turbo run build /);
  expect(program).toBe("exec node tools/mock/src/main.ts --port 1");
  expect(more).toEqual([]);
});

test.skipIf(isWindows)("generate lints this contract, and not when it reads another document", () => {
  fakeNpx("");
  launch("generate");
  expect(started().filter((line) => line.includes("run lint"))).toHaveLength(1);
  rmSync(log);
  launch("generate", "--spec", "a.yaml", "--out", "b");
  expect(started().filter((line) => line.includes("run lint"))).toEqual([]);
  expect(started().at(-1)).toBe("exec node tools/codegen/src/main.ts --spec a.yaml --out b");
});

test.skipIf(isWindows)("a step that fails ends the command with its exit code, and is named", () => {
  fakeNpx('case "$*" in *"run build"*) exit 7;; esac');
  const { status, stderr } = launch("mock");
  expect(status).toBe(7);
  expect(stderr).toMatch(/^mock: failed at exec turbo run build .*\n$/);
  expect(started()).toHaveLength(2);
});

test.skipIf(isWindows)("an install that fails ends the command without a word on top of pnpm's", () => {
  fakeNpx("exit 3");
  expect(launch("mock")).toMatchObject({ status: 3, stdout: "", stderr: "" });
  expect(started()).toEqual(["install --frozen-lockfile"]);
});

test.skipIf(isWindows)("npm test goes on after drift, style and lint, and reports what failed at the end", () => {
  fakeNpx('case "$*" in *"run drift"*) exit 4;; *"run build"*) exit 5;; esac');
  const { status, stderr } = launch("test");
  expect(status).toBe(4);
  expect(stderr.split("\n").map((line) => line.slice(0, 36))).toEqual([
    "test: failed at exec turbo run drift",
    "test: failed at exec turbo run build",
    "",
  ]);
  expect(started()).toHaveLength(1 + 5);
});

test.skipIf(isWindows)("a signal ends what was started, and no other step begins", async () => {
  fakeNpx('case "$*" in *"run drift"*) sleep 600 & wait;; esac');
  const child = spawn(process.execPath, [join(root, "tools/launch"), "test"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  // Only once nothing that was started holds the output any more.
  const closed = once(child, "close");
  while (started().length < 2) await setTimeout(20);
  child.kill("SIGTERM");
  expect(await closed).toEqual([0, null]);
  expect(started()).toHaveLength(2);
});
