import type { ParseArgsOptionsConfig } from "node:util";
import { parseOptions, type Values } from "./parse-options.ts";
import { reportError } from "./report-error.ts";
import { WrongUse } from "./wrong-use.ts";

/** A command line program. */
export interface Command<Options extends ParseArgsOptionsConfig> {
  /** The name that stands before every error. */
  name: string;
  /**
   * How people call it, for the advice after an error.
   *
   * @default the name
   */
  call?: string;
  /** The whole text of `--help`. */
  help: string;
  /** The text of `--version`; without it there is no such option. */
  version?: string;
  /** The oldest Node that can run it, such as `22.13`. */
  node: string;
  /** Its options, for `parseArgs` of `node:util`, without `--help` and `--version`. */
  options: Options;
  /**
   * Whether it takes arguments beside options.
   *
   * @default false
   */
  hasArguments?: boolean;
  /**
   * Does the work. It returns the exit code; nothing means 0.
   *
   * Import heavy modules in here, and only here: `--help` then answers at once, and an old Node is refused before it
   * fails.
   */
  run(values: Values<Options>, args: string[]): Promise<number | void> | number | void;
}

/**
 * Runs a command and returns its exit code: 0 done, 1 failed, 2 wrong use, which includes a Node that is too old. It
 * never throws.
 *
 * `--help` comes first, whatever else the command line holds. An error is one line, `name: message`, without a stack.
 * After an error that nobody foresaw, a second line says that it is a bug: a `TypeError`, `RangeError`,
 * `ReferenceError` or `SyntaxError` without a `code`, or a thrown value that is no error. `CODEGAMES_STACK=1` in the
 * environment prints the stack of every error.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
  args: readonly string[] = process.argv.slice(2),
): Promise<number> {
  const { help, version, node, options, hasArguments = false } = command;
  const flags = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  try {
    if (flags.includes("--help") || flags.includes("-h")) return print(help);
    if (version !== undefined && flags.includes("--version")) return print(version);
    if (isOlder(process.versions.node, node)) return refuseNode(command);
    const { values, positionals } = parseOptions(options, hasArguments, args);
    return (await command.run(values, positionals)) ?? 0;
  } catch (error) {
    reportError(error, command);
    return error instanceof WrongUse ? 2 : 1;
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function refuseNode({ name, node }: { name: string; node: string }): number {
  console.error(`${name}: needs Node ${node} or newer, this is ${process.versions.node}`);
  return 2;
}

function isOlder(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = needed.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
