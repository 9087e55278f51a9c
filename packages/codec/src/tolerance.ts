import type { ObjectProperty, Schema } from "./schema-rule.ts";

type Place = readonly [at: number, depth: number];

/** What a reader of answers excuses. A reader without it is strict. */
export interface Tolerance<Reader> {
  readonly deviations: { readonly length: number };
  /** Whether a value of another JSON type can mean one thing alone. It was read then, and `understood` is that. */
  understands(reader: Reader, schema: Schema): boolean;
  readonly understood: unknown;
  /**
   * Whether an answer can do without a member that cannot be read. Its value begins at `start` and was skipped then;
   * the deviations from `noted` on are its own.
   */
  excuses(reader: Reader, property: ObjectProperty, start: Place, noted: number, error: unknown): boolean;
  /** Whether an answer can do without a required member that is missing. */
  excusesMissing(property: ObjectProperty): boolean;
  /** Puts a pointer before those of the deviations from `start` on. Returns how many deviations there are. */
  prefix(outer: string, start: number): number;
  /** Forgets everything: the text is read anew. */
  reset(): void;
}
