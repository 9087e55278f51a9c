export { type Values } from "./parse-options.ts";
export { type Command, runCommand } from "./run-command.ts";
export { WrongUse } from "./wrong-use.ts";
export { oneOf, wholeNumber } from "./option-values.ts";
