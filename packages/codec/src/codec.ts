import { type Issue, issueOf } from "./fault.ts";
import { read } from "./read.ts";
import { Reader } from "./reader.ts";
import type { Schema } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { textFault } from "./text-fault.ts";
import { write } from "./write.ts";

/** A value, or the first thing that is wrong with it. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; issue: Issue };

/** JSON text, or the first thing that is wrong with the value. */
export type Encoded = { ok: true; text: string } | { ok: false; issue: Issue };

/** The values that `encode` accepts: also a safe integer `number` for an int64, and the bare value for a secret. */
export type Encodable<T> = T extends bigint
  ? bigint | number
  : T extends Secret<infer Value>
    ? T | Encodable<Value>
    : T extends (infer Item)[]
      ? Encodable<Item>[]
      : T extends object
        ? { [Key in keyof T]: Encodable<T[Key]> }
        : T;

/** A schema, and the type of what {@link readAnswer} reads by it. */
export type SchemaOf<Received> = Schema & { readonly received?: Received };

/**
 * Reads and writes the JSON text of one schema. Neither direction throws. `Received` is the value of an answer that was
 * read tolerantly, where it differs.
 */
export interface Codec<T, Received = T> {
  /**
   * Reads JSON text.
   *
   * An int64 becomes a `bigint` that equals its literal: `1.0` and `1e3` are integers, `9007199254740991.4` and 2^63
   * are not. A value that the contract marks with `x-secret` becomes a {@link Secret}; where it is optional, an empty
   * text or `null` counts as absent. Members that the schema does not list are ignored, and kept as secrets. A repeated
   * member name, more than 100 levels of nesting, and any value that the schema does not allow is an issue.
   */
  decode(text: string): Decoded<T>;
  /**
   * Writes JSON text with the members that the schema lists, and no others.
   *
   * An int64 is written digit for digit; a `number` in its place must be a safe integer. Where the schema says nothing,
   * a value that is not JSON is an issue: a number that is not finite, an object with a `toJSON`, a secret, and more
   * than 100 levels of nesting.
   */
  encode(value: Encodable<T>): Encoded;
  /** The schema that both directions go by. */
  schema(): SchemaOf<Received>;
}

/** Makes the codec of a schema, which it asks for when the codec is first used. */
export function codec<T, Received = T>(make: () => Schema): Codec<T, Received> {
  let made: Schema | undefined;
  const schema = () => (made ??= make());
  return {
    schema,
    decode(text) {
      try {
        const reader = new Reader(text);
        const value = read(reader, schema());
        reader.end();
        return { ok: true, value: value as T };
      } catch (error) {
        // A fault of the text itself comes first, wherever it stands.
        return { ok: false, issue: issueOf(textFault(text) ?? error) };
      }
    },
    encode(value) {
      try {
        return { ok: true, text: write(value, schema()) };
      } catch (error) {
        return { ok: false, issue: issueOf(error) };
      }
    },
  };
}
