// The root's npm scripts. Runs on the Node that the machine has; everything it starts runs on the workspace's own.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

const [name = "", ...rest] = process.argv.slice(2);

const turbo = (...tasks) => ["exec", "turbo", "run", ...tasks, "--output-logs=new-only", "--concurrency=2"];

/** The tests of a published package, on the Node that runs this file. */
const packageTests = (name) => ({ node: [`packages/${name}/node_modules/vitest/vitest.mjs`, "run", "--root", `packages/${name}`] });

/** The steps of each script after the install. A step that fails ends the script, unless it is to be told of later. */
const scripts = {
  // The linter first: a contract that it refuses changes no generated file.
  start: [{ pnpm: turbo("lint") }, { pnpm: turbo("build") }, { pnpm: ["exec", "node", "tools/mock/src/tour.ts"] }, { pnpm: ["exec", "node", "tools/tour/src/purchase.ts"] }],
  test: [
    // First, so that it judges what is committed; the last step works on what the contract says now.
    { pnpm: turbo("drift"), isToldLater: true },
    { pnpm: turbo("lint"), isToldLater: true },
    { pnpm: ["exec", "knip"], isToldLater: true },
    { pnpm: [...turbo("build", "typecheck", "test"), "--continue=dependencies-successful"] },
  ],
  packages: [{ pnpm: turbo("build") }, ...["codec", "command-line", "contract", "client", "server", "sandbox", "retry-queue"].map(packageTests)],
  // A document of one's own, or --help, needs no look at this contract.
  generate: [...(rest.length > 0 ? [] : [{ pnpm: turbo("lint") }]), { pnpm: turbo("build", "--filter=@codegames/codec", "--filter=@codegames/command-line") }, { pnpm: ["exec", "node", "tools/codegen/src/main.ts"] }],
  lint: [{ pnpm: turbo("lint") }],
  // Files, exports and dependencies that nothing uses.
  knip: [{ pnpm: ["exec", "knip"] }],
  // Asks the registry what is known of each package in the lockfile.
  audit: [{ pnpm: ["audit"] }],
  diff: [{ pnpm: ["exec", "node", "tools/diff/src/main.ts"] }],
  bench: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "test/bench/main.ts"] }],
  chaos: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "test/chaos/main.ts"] }],
  mutants: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "test/mutants/main.ts"] }],
  simulate: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "packages/retry-queue/src/simulation/main.ts"] }],
  sandbox: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "packages/sandbox/dist/main.js"] }],
  pact: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "test/contract/main.ts"] }],
  "pact:publish": [{ pnpm: ["exec", "node", "test/contract/broker-main.ts", "publish"] }],
  "pact:can-i-deploy": [{ pnpm: ["exec", "node", "test/contract/broker-main.ts", "can-i-deploy"] }],
  pack: [{ pnpm: turbo("build") }, { pnpm: ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", `${root}dist`] }],
  changeset: [{ pnpm: ["exec", "changeset"] }],
  "version-packages": [{ pnpm: ["exec", "changeset", "version"] }, { pnpm: ["exec", "node", "tools/diff/src/main.ts", "--release"] }],
  release: [{ pnpm: turbo("build") }, { pnpm: ["exec", "changeset", "publish"] }],
  docs: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "tools/docs/src/main.ts"] }],
  mock: [{ pnpm: turbo("build") }, { pnpm: ["exec", "node", "tools/mock/src/main.ts"] }],
};

if (!Object.hasOwn(scripts, name)) {
  console.error(`launch: there is no script "${name}"; allowed: ${Object.keys(scripts).join(", ")}`);
  process.exit(2);
}

let isEnded = false;
if (name === "packages" && Number(process.versions.node.split(".")[0]) < 22) {
  console.error(`launch: the published packages need Node 22 or later, is ${process.version}`);
  process.exit(2);
}
const failures = [];
const steps = [{ pnpm: ["install", "--frozen-lockfile"] }, ...scripts[name]];
for (const [index, step] of steps.entries()) {
  const args = [...(step.pnpm ?? step.node), ...(index === steps.length - 1 ? rest : [])];
  if (step.node) console.log(`\n${args.join(" ")} on Node ${process.version}`);
  const status = await (step.pnpm ? run("npx", ["--yes", "--prefer-offline", packageManager, ...args]) : run(process.execPath, args));
  if (status === 0) continue;
  failures.push({ args, status });
  // What npm and pnpm say of a failed install needs nothing on top.
  if (index === 0) process.exit(status);
  if (!step.isToldLater) break;
}
// Ended by a signal, as asked.
if (isEnded) failures.length = 0;
for (const { args } of failures) console.error(`${name}: failed at ${args.join(" ")}`);
process.exitCode = failures[0]?.status ?? 0;

/** Runs a command to its end, whose exit code it gives. The command and what it starts end with this process. */
async function run(command, args) {
  const isWindows = process.platform === "win32";
  const child = spawn(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: isWindows,
    // A process group of its own, to end it as a whole.
    detached: !isWindows,
    // Nothing phones home, and nothing asks for its own newer version.
    env: {
      ...process.env,
      DO_NOT_TRACK: "1",
      NPM_CONFIG_UPDATE_NOTIFIER: "false",
      PACT_DO_NOT_TRACK: "true",
      REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
      REDOCLY_TELEMETRY: "off",
      SCARF_ANALYTICS: "false",
      TURBO_NO_UPDATE_NOTIFIER: "1",
      TURBO_TELEMETRY_DISABLED: "1",
    },
  });
  const end = (signal) => {
    isEnded = true;
    try {
      if (isWindows) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, end);
  // npm that is killed tells nobody.
  const { ppid } = process;
  const watch = setInterval(() => process.ppid !== ppid && end("SIGTERM"), 500);
  const status = await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`launch: cannot start ${command}: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
  clearInterval(watch);
  for (const signal of signals) process.off(signal, end);
  return status;
}
