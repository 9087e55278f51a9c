/**
 * Seeds one fault after the other into a copy of the client and runs its tests: the unit tests, and when they stay green
 * the broken wire. A fault that no test notices ends with exit code 1. `node main.ts [PART OF A NAME]`
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientMutants, type Mutant } from "./client.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const copy = fileURLToPath(new URL("dist/client/", import.meta.url));
const client = join(root, "packages/client");
const wire = join(root, "test/wire");

const [part = ""] = process.argv.slice(2);
const chosen = clientMutants.filter(({ name }) => name.includes(part));
if (chosen.length === 0) {
  console.error(`mutants: no name holds "${part}"; there are:\n  ${clientMutants.map(({ name }) => name).join("\n  ")}`);
  process.exit(2);
}

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
symlinkSync(join(client, "node_modules"), join(copy, "node_modules"));
cpSync(join(client, "package.json"), join(copy, "package.json"));

const survivors: string[] = [];
console.log(`without a fault: ${judge() ?? "green"}`);
for (const mutant of chosen) {
  const startedAt = performance.now();
  const layer = judge(mutant);
  if (!layer) survivors.push(mutant.name);
  console.log(`${layer ? `red (${layer})` : "NOT NOTICED"}  ${mutant.name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
console.log(`${chosen.length - survivors.length} of ${chosen.length} seeded faults turn the tests red`);
process.exitCode = survivors.length === 0 ? 0 : 1;

/** The layer of tests that turns red; undefined when all stay green. */
function judge(mutant?: Mutant): string | undefined {
  rmSync(join(copy, "src"), { recursive: true, force: true });
  cpSync(join(client, "src"), join(copy, "src"), { recursive: true });
  if (mutant) seed(mutant);
  if (!isGreen(copy, ["--root", copy], {})) return "unit tests";
  if (!isGreen(wire, [], { CLIENT_SOURCE: join(copy, "src/index.ts") })) return "broken wire";
  return undefined;
}

function seed({ name, file, from, to }: Mutant): void {
  const path = join(copy, "src", file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`"${name}": ${file} must hold the text to replace once, holds it ${parts.length - 1} times`);
  writeFileSync(path, parts.join(to));
}

function isGreen(cwd: string, args: string[], env: Record<string, string>): boolean {
  const vitest = join(client, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", "--bail", "1", ...args], { cwd, env: { ...process.env, ...env }, stdio: "ignore" });
  return status === 0;
}
