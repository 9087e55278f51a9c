import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a test run with a database fails when one of its tests fails", () => {
  const vitest = createRequire(import.meta.url)
    .resolve("vitest/package.json")
    .replace("package.json", "vitest.mjs");
  const cwd = fileURLToPath(new URL("../failing/", import.meta.url));
  const env = { ...process.env, VITEST: "" };
  const { status, stdout } = spawnSync(process.execPath, [vitest, "run"], { cwd, encoding: "utf8", env });
  expect(stdout).toMatch(/1 failed/);
  expect(status).toBe(1);
}, 60_000);
