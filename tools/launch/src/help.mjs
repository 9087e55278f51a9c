import { existsSync } from "node:fs";
import { join } from "node:path";
import { commands } from "./commands.mjs";
import { root } from "./root.mjs";
import { runProgram } from "./run-program.mjs";
import { listSteps } from "./run-steps.mjs";

/** @import {Command} from "./commands.mjs" */

/** The workspace's Node, once pnpm has installed it. */
const node = join("node_modules", ".bin", "node");

/** Prints every command with what it does. Returns the exit code. */
export function printCommands() {
  const width = Math.max(...Object.keys(commands).map((name) => callOf(name).length));
  for (const [name, { does }] of Object.entries(commands)) console.log(`${callOf(name).padEnd(width)}  ${does}`);
  return 0;
}

/**
 * Prints the help of a command, and installs and builds nothing. The program of the command prints its own help, if the
 * workspace's Node is installed to run it.
 *
 * @param {string} name
 * @param {Command} command
 * @returns {Promise<number>} The exit code
 */
export async function printHelp(name, command) {
  const { program } = command;
  const isInstalled = existsSync(join(root, node));
  if (program !== undefined && isInstalled) {
    const { exitCode } = await runProgram(node, ["--import", "./tools/launch/src/from-source.mjs", program, "--help"]);
    return exitCode;
  }
  const lines = listSteps(command, []).map(({ by, args }) => `  ${[by, ...args].join(" ")}`);
  console.log(`${callOf(name)}: ${command.does}\n\nIt runs, one after the other:\n\n${lines.join("\n")}\n`);
  console.log(
    program === undefined
      ? "Arguments after -- go to the last of these."
      : `Nothing is installed yet: its options are known after the first step, by ${callOf(name)} -- --help.`,
  );
  return 0;
}

/** How people call a command. */
function callOf(/** @type {string} */ name) {
  if (name === "packages") return "node tools/launch packages";
  return name === "start" || name === "test" ? `npm ${name}` : `npm run ${name}`;
}
