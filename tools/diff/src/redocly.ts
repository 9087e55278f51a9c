import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Impact } from "./change.ts";

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");
const config = fileURLToPath(new URL("../redocly.yaml", import.meta.url));

/** A change as Redocly reports it. */
export interface RedoclyChange {
  /** The place of the change, with references followed. */
  path: string;
  typeName: string;
  kind: "added" | "removed" | "modified";
  impact: Impact;
  property?: string;
  /** Empty when no rule of Redocly's rates the change. */
  verdicts: { ruleId: string; impact: Impact; message: string }[];
  base?: { pointer: string; value: unknown };
  revision?: { pointer: string; value: unknown };
}

/**
 * Compares two documents, given as JSON texts, with `redocly diff`. Redocly rounds integers beyond 2^53
 * (https://github.com/Redocly/redocly-cli/issues/1389), so it sees no difference between their digits.
 *
 * @throws {Error} When the command fails; the message quotes its output.
 */
export async function redoclyDiff(base: string, revision: string): Promise<RedoclyChange[]> {
  const folder = await mkdtemp(join(tmpdir(), "codegames-diff-"));
  const [baseFile, revisionFile] = [join(folder, "released.json"), join(folder, "contract.json")];
  const reportFile = join(folder, "report.json");
  try {
    await Promise.all([writeFile(baseFile, base), writeFile(revisionFile, revision)]);
    const output = ["--format", "json", "--output", reportFile];
    await runRedocly("diff", baseFile, revisionFile, "--config", config, ...output, "--fail-on", "none");
    return (JSON.parse(await readFile(reportFile, "utf8")) as { changes: RedoclyChange[] }).changes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runRedocly(...args: string[]): Promise<void> {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  try {
    await promisify(execFile)(process.execPath, [redocly, ...args], { env, timeout: 60_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`Cannot compare with redocly diff:\n${stdout}${stderr}`, { cause: error });
  }
}
