import { root } from "./root.mjs";

/**
 * One program that a command starts.
 *
 * @typedef {object} Step
 * @property {"pnpm" | "node"} by The workspace's pnpm, or the Node that runs the launcher
 * @property {string[]} args
 * @property {boolean} [isReportedLast] Whether a failure lets the next steps run, and counts at the end
 */

/**
 * A script of the root.
 *
 * @typedef {object} Command
 * @property {string} does One line for `--help`
 * @property {Step[] | ((args: string[]) => Step[])} steps The programs after the install, in their order; a function
 *   gets the arguments of the command
 * @property {string} [program] A file that runs last, on the workspace's Node, and has a `--help` of its own
 */

/** @returns {Step} */
const pnpm = (/** @type {string[]} */ ...args) => ({ by: "pnpm", args });

const turbo = (/** @type {string[]} */ ...tasks) =>
  pnpm("exec", "turbo", "run", ...tasks, "--output-logs=new-only", "--concurrency=2");

/** Runs a file on the workspace's Node. */
export const file = (/** @type {string} */ path, /** @type {string[]} */ ...args) =>
  pnpm("exec", "node", path, ...args);

/**
 * The tests of a published package, on the Node that runs the launcher.
 *
 * @returns {Step}
 */
const packageTests = (/** @type {string} */ name) => ({
  by: "node",
  args: [`packages/${name}/node_modules/vitest/vitest.mjs`, "run", "--root", `packages/${name}`],
});

const packages = ["codec", "command-line", "contract", "client", "server", "sandbox", "retry-queue"];
const lint = turbo("lint");
const style = file("tools/style/src/main.ts");
const build = turbo("build");
/** What the tools import as it was built. */
const buildForTools = turbo("build", "--filter=@codegames/codec", "--filter=@codegames/command-line");

/** @type {Record<string, Command>} */
export const commands = {
  start: {
    does: "lints, generates and builds, then calls every example of the contract and settles an unanswered purchase",
    // The linter first: a contract that it refuses changes no generated file.
    steps: [lint, build],
    program: "tools/tour/src/main.ts",
  },
  test: {
    does: "everything: drift of generated code, style, lint, unused code, types, and every test; about 24 minutes",
    steps: [
      // First, so that it judges what is committed; the last step works on what the contract says now.
      { ...turbo("drift"), isReportedLast: true },
      { ...style, isReportedLast: true },
      { ...lint, isReportedLast: true },
      { ...pnpm("exec", "knip"), isReportedLast: true },
      turbo("build", "typecheck", "test", "--continue=dependencies-successful"),
    ],
  },
  packages: {
    does: "the tests of the published packages, on the Node that runs the launcher: 22 or newer",
    steps: [build, ...packages.map(packageTests)],
  },
  generate: {
    does: "lints the contract and generates code from it, or from another document",
    // Another document needs no look at this contract.
    steps: (args) => (args.length > 0 ? [buildForTools] : [lint, buildForTools]),
    program: "tools/codegen/src/main.ts",
  },
  lint: { does: "lints the contract, its workflows and its Russian texts", steps: [lint] },
  style: { does: "checks format, lint and line width of the code", steps: [style] },
  format: {
    does: "formats the code and mends what the linter can mend",
    steps: [file("tools/style/src/main.ts", "--fix")],
  },
  knip: { does: "lists files, exports and dependencies that nothing uses", steps: [pnpm("exec", "knip")] },
  audit: { does: "asks the registry for known faults of every package in the lockfile", steps: [pnpm("audit")] },
  diff: {
    does: "lists the changes of the contract since its last release, and checks that its version fits them",
    steps: [buildForTools],
    program: "tools/diff/src/main.ts",
  },
  bench: {
    does: "measures client, server, codecs and queue beside their peers; about 4 minutes",
    steps: [build],
    program: "test/bench/main.ts",
  },
  chaos: {
    does: "kills workers of the retry queue and their database under load; about 15 minutes",
    steps: [build],
    program: "test/chaos/main.ts",
  },
  gentle: {
    does: "restarts providers behind nginx and haproxy under load, as the server's README has them; about 2 minutes",
    steps: [build],
    program: "test/gentle/main.ts",
  },
  foreign: {
    does: "lets other people's tools buy by the contract, as the table on the site says; at first 3 minutes",
    steps: [build],
    program: "test/foreign/main.ts",
  },
  mutants: {
    does: "seeds faults into the packages, and shows that each turns the tests red",
    steps: [build],
    program: "test/mutants/main.ts",
  },
  simulate: {
    does: "replays a seeded run of the retry queue, with crashes and broken networks",
    steps: [build],
    program: "packages/retry-queue/src/simulation/main.ts",
  },
  sandbox: {
    does: "a provider with state and faults on demand, until Ctrl-C",
    steps: [build],
    program: "packages/sandbox/src/main.ts",
  },
  pact: { does: "drives the client through Pact, and writes the pact", steps: [build, file("test/contract/main.ts")] },
  "pact:publish": {
    does: "publishes the pact to the broker of PACT_BROKER_BASE_URL; without one it does nothing",
    steps: [file("test/contract/broker-main.ts", "publish")],
  },
  "pact:can-i-deploy": {
    does: "asks the broker of PACT_BROKER_BASE_URL about a release; without one it does nothing",
    steps: [file("test/contract/broker-main.ts", "can-i-deploy")],
  },
  vectors: {
    does: "prints the test vectors of the contract, for implementations in any language",
    steps: [buildForTools],
    program: "test/vectors/main.ts",
  },
  pack: {
    does: "packs the published packages into dist/, as a release would publish them",
    steps: [build, pnpm("--recursive", "--filter", "./packages/*", "pack", "--pack-destination", `${root}dist`)],
  },
  changeset: { does: "writes a changeset: what a change means for users", steps: [pnpm("exec", "changeset")] },
  "version-packages": {
    does: "turns the changesets into versions and changelogs, and makes the contract the released one",
    steps: [pnpm("exec", "changeset", "version"), buildForTools, file("tools/diff/src/main.ts", "--release")],
  },
  release: {
    does: "publishes the packages that npm does not have yet",
    steps: [build, pnpm("exec", "changeset", "publish")],
  },
  docs: {
    does: "builds the site, English and Russian, and serves it until Ctrl-C",
    steps: [build],
    program: "tools/docs/src/main.ts",
  },
  mock: {
    does: "serves the contract's examples with Prism, until Ctrl-C",
    steps: [build],
    program: "tools/mock/src/main.ts",
  },
};
