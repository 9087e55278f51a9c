import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createConfig, lint, lintFromString, type NormalizedProblem } from "@redocly/openapi-core";
import { plugin } from "./plugin.ts";

/** The parts of a report that tests assert. `at` is `file#pointer`. */
export interface Report {
  rule: string;
  message: string;
  at: string;
}

/** Lints a small contract with one rule of the plugin. The contract needs neither `openapi` nor `info`. */
export async function lintWith(rule: string, contract: string, options: object = {}): Promise<Report[]> {
  const source = `openapi: 3.1.0\ninfo: {title: Test, version: 1.0.0}\n${contract}`;
  return reportsOf(await lintFromString({ source, absoluteRef: "/test.yaml", config: await configOf(rule, options) }));
}

/** Lints `openapi.yaml`, one of the files (path → content), with one rule of the plugin. */
export async function lintFilesWith(
  rule: string,
  files: Record<string, string>,
  options: object = {},
): Promise<Report[]> {
  const config = await configOf(rule, options);
  return withFiles(files, async (folder) => reportsOf(await lint({ ref: join(folder, "openapi.yaml"), config })));
}

/** Runs `use` on a temporary folder with the files (path → content). */
export async function withFiles<T>(files: Record<string, string>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "codegames-rules-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function configOf(rule: string, options: object) {
  return createConfig({ plugins: [plugin], rules: { [`codegames/${rule}`]: { severity: "error", ...options } } });
}

function reportsOf(problems: NormalizedProblem[]): Report[] {
  return problems.map(({ ruleId, message, location: [first] }) => ({
    rule: ruleId,
    message,
    at: `${basename(first!.source.absoluteRef)}${first!.pointer}`,
  }));
}
