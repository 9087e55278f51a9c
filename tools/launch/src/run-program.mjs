import { spawn } from "node:child_process";
import { root } from "./root.mjs";

const isWindows = process.platform === "win32";

/** Keeps tools from phoning home and from asking for their own newer version. */
const quiet = {
  DO_NOT_TRACK: "1",
  NPM_CONFIG_UPDATE_NOTIFIER: "false",
  PACT_DO_NOT_TRACK: "true",
  REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
  REDOCLY_TELEMETRY: "off",
  SCARF_ANALYTICS: "false",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  TURBO_TELEMETRY_DISABLED: "1",
};

/**
 * Runs a program in the root of the repository to its end. The program and everything that it starts end with this
 * process.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ exitCode: number; isSignalled: boolean }>} `isSignalled`: whether this process was asked to end
 */
export async function runProgram(program, args) {
  const child = spawn(program, args, {
    cwd: root,
    stdio: "inherit",
    shell: isWindows,
    // A process group of its own can be ended as a whole.
    detached: !isWindows,
    env: { ...process.env, ...quiet },
  });
  const { release, wasSignalled } = endWithThisProcess(child);
  const exitCode = await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`launch: cannot start ${program}: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
  release();
  return { exitCode, isSignalled: wasSignalled() };
}

/**
 * Passes signals on to a child and to everything that it has started, until `release`.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
function endWithThisProcess(child) {
  let isSignalled = false;
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    isSignalled = true;
    endGroup(child, signal);
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, end);
  // A killed npm sends no signal: only the parent's id changes.
  const { ppid } = process;
  const watch = setInterval(() => process.ppid !== ppid && end("SIGTERM"), 500);
  return {
    release() {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, end);
    },
    wasSignalled: () => isSignalled,
  };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
  try {
    if (isWindows || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}
