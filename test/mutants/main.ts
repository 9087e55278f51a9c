/**
 * Seeds one fault after the other into a copy of a package and runs its tests, the quick ones first. A fault that no test
 * notices ends with exit code 1. `node main.ts [PACKAGE, OR PART OF A NAME]`
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientMutants, type Mutant } from "./client.ts";
import { queueMutants } from "./retry-queue.ts";
import { type SystemMutant, systemMutants } from "./system.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const vitest = join(root, "packages/client/node_modules/vitest/vitest.mjs");

/** The tests of a package, by name: whether they are green on a copy of it. `test`: a part of the name of the only unit test to run. */
type Layers = Record<string, (copy: string, test?: string) => boolean>;

const isGreen = (cwd: string, args: string[], env: Record<string, string> = {}): boolean =>
  spawnSync(process.execPath, ["--no-warnings", ...args], { cwd, env: { ...process.env, ...env }, stdio: "ignore", timeout: 300_000 }).status === 0;

const targets: { name: string; mutants: Mutant[]; layers: Layers }[] = [
  {
    name: "client", mutants: clientMutants,
    layers: {
      "unit tests": (copy) => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy]),
      "broken wire": (copy) => isGreen(join(root, "test/wire"), [vitest, "run", "--bail", "1"], { CLIENT_SOURCE: join(copy, "src/index.ts") }),
    },
  },
  {
    name: "retry-queue", mutants: queueMutants,
    layers: {
      "rate limit": (copy) => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "--config", join(copy, "none.ts"), "src/rate-limit.test.ts", "src/circuit-breaker.test.ts"]),
      simulation: (copy) => isGreen(copy, ["src/simulation/main.ts", "1", "--count", "250", "--bail"]),
      "unit tests": (copy, test = "") => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "-t", test, "src/retry-queue.test.ts", "src/operation-store.test.ts"]),
    },
  },
];

/** Of a copy of the repository as it is built, where each suite stands on the copy's packages. */
const suites: Record<SystemMutant["layer"], string> = { Pact: "test/contract", Prism: "test/mock", Arazzo: "test/arazzo", differences: "tools/diff" };

const [part = ""] = process.argv.slice(2);
const chosen = targets.map((target) => ({ ...target, mutants: target.mutants.filter(({ name }) => name.includes(part) || target.name === part) })).filter(({ mutants }) => mutants.length > 0);
// These take minutes, and are asked for by name.
const ofSystem = part === "" ? [] : systemMutants.filter(({ name, layer }) => name.includes(part) || part === "system" || layer === part);
if (chosen.length === 0 && ofSystem.length === 0) {
  console.error(`mutants: no name holds "${part}"; there are:\n  ${[...targets.flatMap(({ mutants }) => mutants), ...systemMutants].map(({ name }) => name).join("\n  ")}`);
  process.exit(2);
}

// Told before the minutes are spent, and all at once.
const misplaced = [...chosen.flatMap(({ name, mutants }) => mutants.map((mutant) => ({ folder: join(root, "packages", name, "src"), mutant }))), ...ofSystem.map((mutant) => ({ folder: root, mutant }))]
  .flatMap(({ folder, mutant: { name, file, from } }) => {
    const times = readFileSync(join(folder, file), "utf8").split(from).length - 1;
    return times === 1 ? [] : [`"${name}": ${file} must hold the text to replace once, holds it ${times} times`];
  });
if (misplaced.length > 0) {
  console.error(`mutants: cannot seed\n  ${misplaced.join("\n  ")}`);
  process.exit(2);
}

let count = 0;
let survivors = 0;
for (const { name, mutants, layers } of chosen) {
  const from = join(root, "packages", name);
  const copy = fileURLToPath(new URL(`dist/${name}/`, import.meta.url));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  symlinkSync(join(from, "node_modules"), join(copy, "node_modules"));
  for (const file of ["package.json", "vitest.config.ts"].filter((each) => existsSync(join(from, each)))) cpSync(join(from, file), join(copy, file));
  writeFileSync(join(copy, "none.ts"), "export default {};\n");

  /** The layer of tests that turns red; undefined when all stay green. */
  const judge = (mutant?: Mutant): string | undefined => {
    rmSync(join(copy, "src"), { recursive: true, force: true });
    cpSync(join(from, "src"), join(copy, "src"), { recursive: true });
    if (mutant) seed(join(copy, "src"), mutant);
    if (mutant?.test && layers["unit tests"]?.(copy, mutant.test) === false) return "unit tests";
    return Object.entries(layers).find(([, isGreenOn]) => !isGreenOn(copy))?.[0];
  };

  const broken = judge();
  console.log(`${name} without a fault: ${broken ? `red (${broken})` : "green"}`);
  if (broken) survivors++;
  for (const mutant of mutants) {
    const startedAt = performance.now();
    const layer = judge(mutant);
    count++;
    if (!layer) survivors++;
    console.log(`${layer ? `red (${layer})` : "NOT NOTICED"}  ${mutant.name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}
if (ofSystem.length > 0) {
  const copy = mkdtempSync(join(tmpdir(), "codegames-mutants-"));
  for (const entry of readdirSync(root).filter((name) => !["node_modules", ".git", ".turbo"].includes(name))) {
    cpSync(join(root, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true, filter: (from) => !from.startsWith(join(root, "test/mutants/dist")) });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const isGreenIn = (layer: SystemMutant["layer"]) =>
    // The copy is no clone: what asks git for a commit stays out.
    isGreen(join(copy, suites[layer]), [vitest, "run", "--bail", "1", "--exclude", "broker.test.ts"]);
  for (const layer of new Set(ofSystem.map((mutant) => mutant.layer))) {
    const isSound = isGreenIn(layer);
    console.log(`${layer} without a fault: ${isSound ? "green" : "red"}`);
    if (!isSound) survivors++;
  }
  for (const mutant of ofSystem) {
    const startedAt = performance.now();
    const restore = seed(copy, mutant);
    const isNoticed = !isGreenIn(mutant.layer);
    restore();
    count++;
    if (!isNoticed) survivors++;
    console.log(`${isNoticed ? `red (${mutant.layer})` : `NOT NOTICED by ${mutant.layer}`}  ${mutant.name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  rmSync(copy, { recursive: true });
}
console.log(`${count - survivors} of ${count} seeded faults turn the tests red`);
process.exitCode = survivors === 0 ? 0 : 1;

/** Gives what undoes it. */
function seed(folder: string, { file, from, to }: Mutant): () => void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.split(from).join(to));
  return () => writeFileSync(path, text);
}
