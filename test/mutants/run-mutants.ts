import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WrongUse } from "@codegames/command-line";
import { clientMutants, type Mutant } from "./client.ts";
import { codecMutants } from "./codec.ts";
import { queueMutants } from "./retry-queue.ts";
import { serverMutants } from "./server.ts";
import { type SystemMutant, systemMutants } from "./system.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const vitest = join(root, "packages/client/node_modules/vitest/vitest.mjs");

/**
 * The tests of a package, by name: whether they are green on a copy of it. `test`: a part of the name of the only unit
 * test to run.
 */
type Layers = Record<string, (copy: string, test?: string) => boolean>;

const isGreen = (cwd: string, args: string[], env: Record<string, string> = {}): boolean =>
  spawnSync(process.execPath, ["--no-warnings", ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: "ignore",
    timeout: 300_000,
  }).status === 0;

const targets: Target[] = [
  {
    name: "codec",
    mutants: codecMutants,
    layers: {
      "reading answers": (copy) =>
        isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "src/read-answer.test.ts"]),
    },
  },
  {
    name: "client",
    mutants: clientMutants,
    layers: {
      "unit tests": (copy) => isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy]),
      "broken wire": (copy) =>
        isGreen(join(root, "test/wire"), [vitest, "run", "--bail", "1"], { CLIENT_SOURCE: join(copy, "src/index.ts") }),
    },
  },
  {
    name: "retry-queue",
    mutants: queueMutants,
    layers: {
      "rate limit": (copy) =>
        isGreen(copy, [
          vitest,
          "run",
          "--bail",
          "1",
          "--root",
          copy,
          "--config",
          join(copy, "none.ts"),
          "src/inquiry/rate-limit.test.ts",
          "src/inquiry/circuit-breaker.test.ts",
        ]),
      simulation: (copy) => isGreen(copy, ["src/simulation/main.ts", "1", "--count", "250", "--bail"]),
      "unit tests": (copy, test = "") =>
        isGreen(copy, [
          vitest,
          "run",
          "--bail",
          "1",
          "--root",
          copy,
          "-t",
          test,
          "src/retry-queue.test.ts",
          "src/operations/operation-store.test.ts",
          "src/operations/settlement-batches.test.ts",
        ]),
    },
  },
  {
    name: "server",
    mutants: serverMutants,
    layers: {
      interleavings: (copy, test = "") =>
        isGreen(copy, [vitest, "run", "--bail", "1", "--root", copy, "-t", test, "src/interleavings"]),
    },
  },
];

/** Of a copy of the repository as it is built, where each suite stands on the copy's packages. */
const suites: Record<SystemMutant["layer"], string> = {
  Pact: "test/contract",
  Prism: "test/mock",
  Arazzo: "test/arazzo",
  differences: "tools/diff",
};

interface Target {
  name: string;
  mutants: Mutant[];
  layers: Layers;
}

/** How many faults were seeded, and how many of them no test noticed. */
interface Count {
  seeded: number;
  survivors: number;
}

/**
 * Seeds the faults of a package, or those with a part of a name, one after the other into a copy, and runs its tests,
 * the quick ones first. Prints each fault with the tests that notice it. Returns the exit code: 1 when a fault goes
 * unnoticed or the tests are red without one, 2 when a fault cannot be seeded.
 *
 * @throws {WrongUse} When no fault has such a name.
 */
export function runMutants(part: string): number {
  const chosen = targets
    .map((target) => ({
      ...target,
      mutants: target.mutants.filter(({ name }) => name.includes(part) || target.name === part),
    }))
    .filter(({ mutants }) => mutants.length > 0);
  // These take minutes, and run only when a name chooses them.
  const ofSystem =
    part === "" || targets.some(({ name }) => name === part)
      ? []
      : systemMutants.filter(({ name, layer }) => name.includes(part) || part === "system" || layer === part);
  if (chosen.length === 0 && ofSystem.length === 0)
    throw new WrongUse(`no fault has ${JSON.stringify(part)} in its name`);
  // All of these are reported before the minutes are spent.
  const misplaced = findMisplaced(chosen, ofSystem);
  if (misplaced.length > 0) {
    console.error(`mutants: cannot seed\n  ${misplaced.join("\n  ")}`);
    return 2;
  }
  const counts = [...chosen.map(runTarget), runSystem(ofSystem)];
  const seeded = counts.reduce((sum, count) => sum + count.seeded, 0);
  const survivors = counts.reduce((sum, count) => sum + count.survivors, 0);
  console.log(`${seeded - survivors} of ${seeded} seeded faults turn the tests red`);
  return survivors === 0 ? 0 : 1;
}

/** The faults whose text to replace does not stand in its file exactly once. */
function findMisplaced(chosen: Target[], ofSystem: SystemMutant[]): string[] {
  const inPackages = chosen.flatMap(({ name, mutants }) =>
    mutants.map((mutant) => ({ folder: join(root, "packages", name, "src"), mutant })),
  );
  return [...inPackages, ...ofSystem.map((mutant) => ({ folder: root, mutant }))].flatMap(
    ({ folder, mutant: { name, file, from } }) => {
      const times = readFileSync(join(folder, file), "utf8").split(from).length - 1;
      return times === 1 ? [] : [`"${name}": ${file} must hold the text to replace once, holds it ${times} times`];
    },
  );
}

function runTarget({ name, mutants, layers }: Target): Count {
  const from = join(root, "packages", name);
  const copy = fileURLToPath(new URL(`dist/${name}/`, import.meta.url));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  symlinkSync(join(from, "node_modules"), join(copy, "node_modules"));
  for (const file of ["package.json", "vitest.config.ts"].filter((each) => existsSync(join(from, each))))
    cpSync(join(from, file), join(copy, file));
  writeFileSync(join(copy, "none.ts"), "export default {};\n");

  /** The layer of tests that turns red; undefined when all stay green. */
  const judge = (mutant?: Mutant): string | undefined => {
    rmSync(join(copy, "src"), { recursive: true, force: true });
    cpSync(join(from, "src"), join(copy, "src"), { recursive: true });
    if (mutant) seed(join(copy, "src"), mutant);
    for (const layer of ["unit tests", "interleavings"]) {
      if (mutant?.test && layers[layer]?.(copy, mutant.test) === false) return layer;
    }
    return Object.entries(layers).find(([, isGreenOn]) => !isGreenOn(copy))?.[0];
  };

  const broken = judge();
  console.log(`${name} without a fault: ${broken ? `red (${broken})` : "green"}`);
  let survivors = broken ? 1 : 0;
  for (const mutant of mutants) {
    const startedAt = performance.now();
    const layer = judge(mutant);
    if (!layer) survivors++;
    report(layer ? `red (${layer})` : "NOT NOTICED", mutant, startedAt);
  }
  return { seeded: mutants.length, survivors };
}

/** Runs the suites that stand on the whole repository, on a copy of it. */
function runSystem(mutants: SystemMutant[]): Count {
  if (mutants.length === 0) return { seeded: 0, survivors: 0 };
  const copy = copyRepository();
  const isGreenIn = (layer: SystemMutant["layer"]) =>
    // The copy is no clone, so a test that asks git for a commit stays out.
    isGreen(join(copy, suites[layer]), [vitest, "run", "--bail", "1", "--exclude", "broker.test.ts"]);
  let survivors = 0;
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
    if (!isNoticed) survivors++;
    report(isNoticed ? `red (${mutant.layer})` : `NOT NOTICED by ${mutant.layer}`, mutant, startedAt);
  }
  rmSync(copy, { recursive: true });
  return { seeded: mutants.length, survivors };
}

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "codegames-mutants-"));
  for (const entry of readdirSync(root).filter((name) => !["node_modules", ".git", ".turbo"].includes(name))) {
    const filter = (from: string) => !from.startsWith(join(root, "test/mutants/dist"));
    cpSync(join(root, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true, filter });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

function report(verdict: string, { name }: { name: string }, startedAt: number): void {
  console.log(`${verdict}  ${name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Writes a fault into its file. Returns a function that takes it out again. */
function seed(folder: string, { file, from, to }: Mutant): () => void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.split(from).join(to));
  return () => writeFileSync(path, text);
}
