import { commands } from "./commands.mjs";
import { printCommands, printHelp } from "./help.mjs";
import { runSteps } from "./run-steps.mjs";

const [name = "", ...args] = process.argv.slice(2);
process.exitCode = await launch();

/** @returns {Promise<number>} The exit code */
async function launch() {
  if (isHelp(name)) return printCommands();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    console.error(`launch: there is no command "${name}"; there are ${Object.keys(commands).join(", ")}`);
    return 2;
  }
  if (args.some(isHelp)) return printHelp(name, command);
  if (name === "packages" && Number(process.versions.node.split(".")[0]) < 22) {
    console.error(`launch: the published packages need Node 22 or newer, this is ${process.versions.node}`);
    return 2;
  }
  return runSteps(name, command, args);
}

function isHelp(/** @type {string} */ arg) {
  return arg === "--help" || arg === "-h";
}
