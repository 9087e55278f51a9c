/**
 * Seeds one fault after another into a copy of a package and runs its tests, the quick ones first. Exit code 1 when no test
 * notices a fault. `node main.ts [PACKAGE, OR PART OF A NAME]`
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

/** The tests of a package, by name. Each says whether it is green on a copy; `test` is part of the name of the only test to run. */
type Layers = Record<string, (copy: string, test?: string) => boolean>;

const isGreen = (cwd: string, args: string[], env: Record<string, string> = {}): boolean =>
  spawnSync(process.execPath, ["--no-warnings", ...args], { cwd, env: { ...process.env, ...env }, stdio: "ignore", timeout: 300_000 }).status === 0;

interface Target {
  name: string;
  mutants: Mutant[];
  layers: Layers;
}

const targets: Target[] = [
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
      pace: (copy) => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "--config", join(copy, "none.ts"), "src/pace.test.ts"]),
      simulation: (copy) => isGreen(copy, ["src/simulation/main.ts", "1", "--count", "250", "--bail"]),
      "unit tests": (copy, test = "") => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "-t", test, "src/retry-queue.test.ts", "src/ledger.test.ts"]),
    },
  },
];

/** The folder of each layer's tests in a copy of the built repository, where they use the packages of the copy. */
const suites: Record<SystemMutant["layer"], string> = {
  Pact: "test/contract",
  Prism: "test/mock",
  Arazzo: "test/arazzo",
  differences: "tools/diff",
};

const [part = ""] = process.argv.slice(2);
const chosen = targets
  .map((target) => ({ ...target, mutants: target.mutants.filter(({ name }) => name.includes(part) || target.name === part) }))
  .filter(({ mutants }) => mutants.length > 0);
// System mutants take minutes, so they run only when their name is given.
const isChosen = ({ name, layer }: SystemMutant) => name.includes(part) || part === "system" || layer === part;
const chosenOfSystem = part === "" ? [] : systemMutants.filter(isChosen);
if (chosen.length === 0 && chosenOfSystem.length === 0) {
  const names = [...targets.flatMap(({ mutants }) => mutants), ...systemMutants].map(({ name }) => name);
  fail(`mutants: no name contains "${part}"; the names are:\n  ${names.join("\n  ")}`);
}

// Checked before the long runs, and all at once.
const misplaced = [
  ...chosen.flatMap(({ name, mutants }) => mutants.flatMap((mutant) => findMisplaced(join(root, "packages", name, "src"), mutant))),
  ...chosenOfSystem.flatMap((mutant) => findMisplaced(root, mutant)),
];
if (misplaced.length > 0) fail(`mutants: cannot seed\n  ${misplaced.join("\n  ")}`);

let count = 0;
let survivors = 0;
for (const target of chosen) judgePackage(target);
if (chosenOfSystem.length > 0) judgeSystem(chosenOfSystem);
console.log(`${count - survivors} of ${count} seeded faults turn the tests red`);
process.exitCode = survivors === 0 ? 0 : 1;

/** Runs the tests of one package without a fault, then with each. */
function judgePackage({ name, mutants, layers }: Target): void {
  const from = join(root, "packages", name);
  const copy = fileURLToPath(new URL(`dist/${name}/`, import.meta.url));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  symlinkSync(join(from, "node_modules"), join(copy, "node_modules"));
  for (const file of ["package.json", "vitest.config.ts"]) if (existsSync(join(from, file))) cpSync(join(from, file), join(copy, file));
  writeFileSync(join(copy, "none.ts"), "export default {};\n");

  /** The layer of tests that turns red; undefined when all stay green. */
  const findRedLayer = (mutant?: Mutant): string | undefined => {
    rmSync(join(copy, "src"), { recursive: true, force: true });
    cpSync(join(from, "src"), join(copy, "src"), { recursive: true });
    if (mutant) seed(join(copy, "src"), mutant);
    if (mutant?.test && layers["unit tests"]?.(copy, mutant.test) === false) return "unit tests";
    return Object.entries(layers).find(([, isGreenOn]) => !isGreenOn(copy))?.[0];
  };

  const broken = findRedLayer();
  console.log(`${name} without a fault: ${broken ? `red (${broken})` : "green"}`);
  if (broken) survivors++;
  for (const mutant of mutants) {
    const startedAt = performance.now();
    const layer = findRedLayer(mutant);
    report(mutant, layer !== undefined, layer ? `red (${layer})` : "NOT NOTICED", startedAt);
  }
}

/** Runs the layers of these mutants on a copy of the repository: each layer without a fault, then with its faults. */
function judgeSystem(mutants: SystemMutant[]): void {
  const copy = copyRepository();
  const isGreenIn = (layer: SystemMutant["layer"]) =>
    // The copy has no .git, and broker.test.ts asks git for a commit.
    isGreen(join(copy, suites[layer]), [vitest, "run", "--bail", "1", "--exclude", "broker.test.ts"]);
  for (const layer of new Set(mutants.map((mutant) => mutant.layer))) {
    const isSound = isGreenIn(layer);
    console.log(`${layer} without a fault: ${isSound ? "green" : "red"}`);
    if (!isSound) survivors++;
  }
  for (const mutant of mutants) {
    const startedAt = performance.now();
    const restore = seed(copy, mutant);
    const isNoticed = !isGreenIn(mutant.layer);
    restore();
    report(mutant, isNoticed, isNoticed ? `red (${mutant.layer})` : `NOT NOTICED by ${mutant.layer}`, startedAt);
  }
  rmSync(copy, { recursive: true });
}

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "codegames-mutants-"));
  const filter = (from: string) => !from.startsWith(join(root, "test/mutants/dist"));
  for (const entry of readdirSync(root).filter((name) => !["node_modules", ".git", ".turbo"].includes(name))) {
    cpSync(join(root, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true, filter });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Counts and prints the verdict on one mutant. */
function report({ name }: Mutant, isNoticed: boolean, verdict: string, startedAt: number): void {
  count++;
  if (!isNoticed) survivors++;
  console.log(`${verdict}  ${name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** The error of a mutant whose text does not occur exactly once in its file. */
function findMisplaced(folder: string, { name, file, from }: Mutant): string[] {
  const times = readFileSync(join(folder, file), "utf8").split(from).length - 1;
  return times === 1 ? [] : [`"${name}": ${file} must contain the text to replace once, contains it ${times} times`];
}

/** Seeds the fault and returns a function that restores the file. */
function seed(folder: string, { file, from, to }: Mutant): () => void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.split(from).join(to));
  return () => writeFileSync(path, text);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
