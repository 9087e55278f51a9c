import type { ObjectProperty, Schema } from "./schema-rule.ts";

/** What a reader of answers excuses. A reader without it is strict. */
export interface Tolerance<Reader> {
  readonly deviations: { readonly length: number };
  /** Reads a member; undefined when it counts as absent, or when the answer can do without it. */
  readMember(reader: Reader, property: ObjectProperty): unknown;
  /** Whether an answer can do without a required member that is missing. */
  excusesMissing(property: ObjectProperty): boolean;
  /** Reads an exact literal of the other JSON type; undefined if the next value is none. */
  readOtherLiteral(reader: Reader, schema: Schema): unknown;
  /** Whether a double gives a number literal back. */
  isGivenBack(literal: string): boolean;
  /** Puts a pointer before those of the deviations from `start` on. */
  prefix(outer: string, start: number): void;
  /** Forgets everything: the text is read anew. */
  reset(): void;
}
