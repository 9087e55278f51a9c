import { WrongUse } from "./wrong-use.ts";

/** JavaScript itself throws these: without a `code` they mean a mistake in the program. */
const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];

/** Prints an error in one line, after an unforeseen one a second line, and the stack if `CODEGAMES_STACK` is 1. */
export function reportError(error: unknown, { name, call = name }: { name: string; call?: string }): void {
  console.error(`${name}: ${messageOf(error)}${error instanceof WrongUse ? `; see ${call} --help` : ""}`);
  const isStackWanted = process.env["CODEGAMES_STACK"] === "1";
  if (isBug(error)) {
    const advice = isStackWanted ? "" : "; CODEGAMES_STACK=1 shows where";
    console.error(
      `This is a bug in ${name}, please report it: https://github.com/codegames-gg/api-hub/issues${advice}`,
    );
  }
  if (isStackWanted && error instanceof Error) console.error(error.stack);
}

function messageOf(error: unknown): string {
  // Node has no message for a connection that failed at every address of a host.
  if (error instanceof AggregateError && error.message === "") return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

function isBug(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  return bugs.some((type) => error instanceof type) && !("code" in error);
}
