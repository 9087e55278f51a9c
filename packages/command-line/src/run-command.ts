import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { WrongUse } from "./wrong-use.ts";

/** A command line program. */
export interface Command<Options extends ParseArgsOptionsConfig> {
  /** The name that stands before every error. */
  name: string;
  /** How people call it, for the advice after an error; the name by default. */
  call?: string;
  /** The whole text of `--help`. */
  help: string;
  /** The text of `--version`; without it there is no such option. */
  version?: string;
  /** The oldest Node that can run it, such as `22.13`. */
  node: string;
  /** Its options, for `parseArgs` of `node:util`, without `--help` and `--version`. */
  options: Options;
  /** Whether it takes arguments beside options. */
  hasArguments?: boolean;
  /**
   * Does the work. It returns the exit code, 0 by default.
   *
   * Import heavy modules in here, and only here: `--help` then answers at once, and an old Node is refused before it fails.
   */
  run(values: Values<Options>, args: string[]): Promise<number | void> | number | void;
}

/** The values of options, as `parseArgs` reads them. */
export type Values<Options extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: Options }>>["values"];

/**
 * Runs a command and returns its exit code: 0 done, 1 failed, 2 wrong use. It never throws.
 *
 * `--help` comes first, whatever else the command line holds. An error is one line, `name: what is wrong`, without a stack;
 * `CODEGAMES_STACK=1` in the environment prints the stack too.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
  args: readonly string[] = process.argv.slice(2),
): Promise<number> {
  const { name, help, version, node, call = name } = command;
  const flags = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  try {
    if (flags.includes("--help") || flags.includes("-h")) return print(help);
    if (version !== undefined && flags.includes("--version")) return print(version);
    if (isOlder(process.versions.node, node)) {
      throw new Error(`needs Node ${node} or newer, this is Node ${process.versions.node}`);
    }
    const { values, positionals } = parse(command, args);
    return (await command.run(values, positionals)) ?? 0;
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const isWrongUse = error instanceof WrongUse;
    console.error(`${name}: ${message}${isWrongUse ? `; see ${call} --help` : ""}`);
    if (process.env["CODEGAMES_STACK"] === "1") console.error(stack);
    return isWrongUse ? 2 : 1;
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function parse<Options extends ParseArgsOptionsConfig>(
  { options, hasArguments = false }: Command<Options>,
  args: readonly string[],
): { values: Values<Options>; positionals: string[] } {
  // npm and pnpm pass a `--` on. It means something only to a command with arguments.
  const given = hasArguments ? [...args] : args.filter((arg) => arg !== "--");
  try {
    const { values, positionals } = parseArgs({ args: given, options, allowPositionals: hasArguments });
    return { values: values as Values<Options>, positionals };
  } catch (error) {
    // Node explains more after the first sentence, about how to pass arguments that begin with a dash.
    throw new WrongUse((error as Error).message.split(". ")[0]);
  }
}

function isOlder(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = needed.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
