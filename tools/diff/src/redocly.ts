import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Impact } from "./change.ts";

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");
const config = fileURLToPath(new URL("../redocly.yaml", import.meta.url));

/** A change as redocly reports it. */
export interface RedoclyChange {
  /** Where it is, with references followed. */
  path: string;
  typeName: string;
  kind: "added" | "removed" | "modified";
  impact: Impact;
  property?: string;
  /** Empty when no rule of redocly's has an opinion. */
  verdicts: { ruleId: string; impact: Impact; message: string }[];
  base?: { pointer: string; value: unknown };
  revision?: { pointer: string; value: unknown };
}

/** Compares two documents, as JSON texts, with `redocly diff`. Rejects, with what it printed, when it cannot. */
export async function redoclyDiff(base: string, revision: string): Promise<RedoclyChange[]> {
  const folder = await mkdtemp(join(tmpdir(), "codegames-diff-"));
  const file = (name: string) => join(folder, name);
  try {
    await Promise.all([writeFile(file("released.json"), base), writeFile(file("contract.json"), revision)]);
    const args = ["diff", file("released.json"), file("contract.json"), "--config", config, "--format", "json", "--output", file("report.json"), "--fail-on", "none"];
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, [redocly, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`Cannot compare with redocly diff:\n${stdout}${stderr}`, { cause: error }));
        else resolve();
      });
    });
    return (JSON.parse(await readFile(file("report.json"), "utf8")) as { changes: RedoclyChange[] }).changes;
  } finally {
    await rm(folder, { recursive: true });
  }
}
