/**
 * The command was called in a wrong way. It ends with exit code 2, and its message points to `--help`.
 *
 * The message names the option, what is allowed, and the value, and has no final period.
 */
export class WrongUse extends Error {
  override readonly name = "WrongUse";
}
