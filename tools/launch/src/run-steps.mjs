import { readFileSync } from "node:fs";
import { file } from "./commands.mjs";
import { root } from "./root.mjs";
import { runProgram } from "./run-program.mjs";

/**
 * @import {
 *   Command,
 *   Step
 * } from "./commands.mjs"
 */

const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/**
 * Every program that a command starts, the install first.
 *
 * @param {Command} command
 * @param {string[]} args
 * @returns {Step[]}
 */
export function listSteps({ steps, program }, args) {
  return [
    { by: "pnpm", args: ["install", "--frozen-lockfile"] },
    ...(typeof steps === "function" ? steps(args) : steps),
    ...(program === undefined ? [] : [file(program)]),
  ];
}

/**
 * Installs, and runs the steps of a command one after the other; the last one gets the arguments. A step that fails
 * ends the command, unless its failure is reported last.
 *
 * @param {string} name
 * @param {Command} command
 * @param {string[]} args
 * @returns {Promise<number>} The exit code: that of the first step that failed; 0 after a signal, because somebody
 *   asked for the end
 */
export async function runSteps(name, command, args) {
  const steps = listSteps(command, args);
  /** @type {{ step: Step; exitCode: number }[]} */
  const failures = [];
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const { exitCode, isSignalled } = await runStep(step, isLast ? args : []);
    if (isSignalled) return 0;
    if (exitCode === 0) continue;
    // npm and pnpm have already explained a failed install.
    if (index === 0) return exitCode;
    failures.push({ step, exitCode });
    if (!step.isReportedLast) break;
  }
  for (const { step } of failures) console.error(`${name}: failed at ${step.args.join(" ")}`);
  return failures[0]?.exitCode ?? 0;
}

/**
 * @param {Step} step
 * @param {string[]} more Arguments after those of the step
 */
function runStep({ by, args }, more) {
  if (by === "pnpm") return runProgram("npx", ["--yes", "--prefer-offline", packageManager, ...args, ...more]);
  console.log(`\n${args.join(" ")} on Node ${process.version}`);
  return runProgram(process.execPath, [...args, ...more]);
}
