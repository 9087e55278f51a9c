/** Prints the table of contents of the contract. */
export const printIndex = (): string =>
  [
    `export { conceal, describeIssue, reveal } from "@codegames/codec";`,
    `export type { Codec, Decoded, Encodable, Encoded, Issue } from "@codegames/codec";`,
    `export type { Operation, OutcomeClass, Secret } from "@codegames/codec";`,
    `export * from "./codecs.ts";`,
    `export { operations } from "./operations.ts";`,
    `export type * from "./types.ts";`,
  ].join("\n");
