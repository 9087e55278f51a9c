/** Prints the table of contents of the contract. */
export const printIndex = (): string =>
  [
    `export { type Codec, conceal, type Decoded, describeIssue, type Encodable, type Encoded } from "@codegames/codec";`,
    `export { type Issue, type Operation, type OutcomeClass, reveal, type Secret } from "@codegames/codec";`,
    `export * from "./codecs.ts";`,
    `export { operations } from "./operations.ts";`,
    `export type * from "./types.ts";`,
  ].join("\n");
