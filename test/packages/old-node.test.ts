import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./pnpm.ts";

/** A Node before 22.13, which has no `node:sqlite`, and its version. */
function findOldNode(): { node: string; version: string } | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/usr/bin"];
  for (const node of folders.map((folder) => join(folder, "node")).filter(existsSync)) {
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim().slice(1) ?? "";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    // The first that reads options by itself is 18.3.
    if ((major === 22 && minor < 13) || (major > 18 && major < 22)) return { node, version };
  }
  return undefined;
}

const old = findOldNode();
if (!old) console.log("Skipped: there is no Node from 19 to 22.12 in PATH, /usr/local/bin or /usr/bin");

const commands = ["retry-queue", "sandbox"].map((name) => {
  const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
    bin: Record<string, string>;
    version: string;
  };
  const [[command, file] = ["", ""]] = Object.entries(manifest.bin);
  return { command, file: join(root, "packages", name, file), version: manifest.version };
});

test.skipIf(!old).each(commands)(
  "$command on an old Node says in one sentence which Node it needs",
  ({ command, file }) => {
    const { status, stdout, stderr } = spawnSync(old!.node, [file, "list"], { encoding: "utf8" });
    expect(stderr).toBe(`${command}: needs Node 22.13 or newer, this is ${old!.version}\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  },
);

test.skipIf(!old).each(commands)(
  "$command on an old Node prints its help and its version",
  ({ command, file, version }) => {
    const help = spawnSync(old!.node, [file, "--help"], { encoding: "utf8" });
    expect(help).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(new RegExp(`^${command}: .*Exit codes: 0`, "s")),
    });
    expect(spawnSync(old!.node, [file, "--version"], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
    });
  },
);
