import { Fault, type Issue } from "./fault.ts";
import { read } from "./read.ts";
import { Reader } from "./reader.ts";
import type { Schema } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { textFault } from "./text-fault.ts";
import { write } from "./write.ts";

export { describeIssue, type Issue } from "./fault.ts";
export type { Secret } from "./secret.ts";

/** A value, or the first thing that is wrong with it. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; issue: Issue };

/** JSON text, or the first thing that is wrong with the value. */
export type Encoded = { ok: true; text: string } | { ok: false; issue: Issue };

/** What `encode` takes: where the schema has an int64, a safe integer `number` will do, and for a secret its value. */
export type Encodable<T> = T extends bigint
  ? bigint | number
  : T extends Secret<infer Value>
    ? T | Encodable<Value>
    : T extends (infer Item)[]
      ? Encodable<Item>[]
      : T extends object
        ? { [Key in keyof T]: Encodable<T[Key]> }
        : T;

/** Reads and writes one schema of the contract. Neither direction throws. */
export interface Codec<T> {
  /**
   * Reads JSON text. Members that the schema does not list are ignored, and kept as secrets; a repeated member name, more
   * than 100 levels of nesting, and anything that the schema does not allow is an issue. An int64 becomes a `bigint` that equals
   * its literal: `1.0` and `1e3` are integers, `9007199254740991.4` and 2^63 are not. What the contract marks with
   * `x-secret` becomes a {@link Secret}; where it is optional, an empty text or `null` counts as absent.
   */
  decode(text: string): Decoded<T>;
  /**
   * Writes JSON text: the members that the schema lists, and no others. An int64 is written digit for digit; a `number`
   * in its place must be a safe integer. Where the schema says nothing, a value that is not JSON is an issue: a number
   * that is not finite, an object that writes itself in another way (`toJSON`), a secret; so is too deep a nesting.
   */
  encode(value: Encodable<T>): Encoded;
}

/** Makes a codec of a schema. */
export function codec<T>(make: () => Schema): Codec<T> {
  let made: Schema | undefined;
  return {
    decode(text) {
      try {
        const reader = new Reader(text);
        const value = read(reader, (made ??= make()));
        reader.end();
        return { ok: true, value: value as T };
      } catch (error) {
        // What is wrong with the text itself goes first, wherever in it that is.
        return { ok: false, issue: issueOf(textFault(text) ?? error) };
      }
    },
    encode(value) {
      try {
        return { ok: true, text: write(value, (made ??= make())) };
      } catch (error) {
        return { ok: false, issue: issueOf(error) };
      }
    },
  };
}

/** What is thrown beside faults comes from the value: a getter or a proxy of the caller. */
function issueOf(error: unknown): Issue {
  return error instanceof Fault ? error.issue : { pointer: "", reason: "must be a value that JSON can hold" };
}
