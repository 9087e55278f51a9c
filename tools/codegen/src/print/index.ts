import type { Contract } from "../normalise/model.ts";

/** Prints the table of contents of the contract. */
export const printIndex = ({ problemTypes }: Contract): string =>
  [
    `export { conceal, describeIssue, reveal } from "@codegames/codec";`,
    `export type { Codec, Decoded, Encodable, Encoded, Issue } from "@codegames/codec";`,
    `export type { Operation, OutcomeClass, Secret } from "@codegames/codec";`,
    `export * from "./codecs.ts";`,
    `export { operations${problemTypes === undefined ? "" : ", problemTypes"} } from "./operations.ts";`,
    `export type * from "./types.ts";`,
  ].join("\n");
