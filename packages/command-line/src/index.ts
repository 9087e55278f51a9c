export { type Command, runCommand, type Values } from "./run-command.ts";
export { WrongUse } from "./wrong-use.ts";
export { oneOf, wholeNumber } from "./option-values.ts";
