import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const spec = fileURLToPath(new URL("../../../spec/", import.meta.url));
const packageFile = createRequire(import.meta.url).resolve("@redocly/cli/package.json");
const cli = join(dirname(packageFile), "bin/cli.js");

/**
 * Runs a command of Redocly in the folder of the contract.
 *
 * @throws {Error} With the output of the command when it fails
 */
export async function runRedocly(...args: string[]): Promise<void> {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off" };
  await promisify(execFile)(process.execPath, ["--no-warnings", cli, ...args], { cwd: spec, env });
}
