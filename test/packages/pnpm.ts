import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { packageManager: string };

/** Runs the workspace's pnpm with `--json`, and returns the JSON that it prints. */
export async function pnpm(...args: string[]): Promise<unknown> {
  const command = ["--yes", "--prefer-offline", packageManager, ...args, "--json"];
  const { stdout } = await promisify(execFile)("npx", command, {
    cwd: root,
    maxBuffer: 2 ** 26,
    shell: process.platform === "win32",
  });
  return JSON.parse(stdout);
}
