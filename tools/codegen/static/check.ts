import { fault, hidden } from "./fault.ts";
import type { JsonType } from "./reader.ts";
import type { ArrayRule, Int64Rule, NumberRule, Schema, StringRule } from "./schema.ts";

/** The JSON type of a value, of a `bigint` too; `undefined` and functions are of none. */
export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return (typeof value === "bigint" ? "number" : typeof value) as JsonType;
}

/** Whether a value of one of several types stands where an object or an array could be, and so may be a secret of it. */
export const isHiding = ({ types }: Schema, type: JsonType | undefined) =>
  type !== "object" && type !== "array" && (types.includes("object") || types.includes("array"));

/** A value of another type. It may be a secret, where the schema has one or an object or array in which one could be. */
export function mismatch(value: unknown, schema: Schema, expected: string): unknown {
  const error = fault(expected, value);
  return schema.kind === "secret" || isHiding(schema, undefined) ? hidden(error) : error;
}

export function checkString(text: string, { minLength, maxLength, pattern, regExp }: StringRule): void {
  if (text.length < minLength * 2 && codePoints(text) < minLength) {
    throw fault(minLength === 1 ? "must not be empty" : `must have at least ${counted(minLength, "character")}`, text);
  }
  if (text.length > maxLength && codePoints(text) > maxLength) throw fault(`must have at most ${counted(maxLength, "character")}`, text);
  if (regExp && !regExp.test(text)) throw fault(`must match ${pattern}`, text);
}

function codePoints(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if (text.charCodeAt(i) >>> 10 === 0x36 && text.charCodeAt(i + 1) >>> 10 === 0x37) {
      length--;
      i++;
    }
  }
  return length;
}

export function checkBounds(value: number, { isInteger, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: NumberRule, expected: string): void {
  if (!(isInteger ? Number.isInteger(value) : Number.isFinite(value))) throw fault(expected, value);
  if (value < minimum) throw fault(`must be at least ${minimum}`, value);
  if (value <= exclusiveMinimum) throw fault(`must be greater than ${exclusiveMinimum}`, value);
  if (value > maximum) throw fault(`must be at most ${maximum}`, value);
  if (value >= exclusiveMaximum) throw fault(`must be less than ${exclusiveMaximum}`, value);
}

export function checkRange(value: bigint, { minimum, maximum }: Int64Rule, expected: string): void {
  if (value < minimum || value > maximum) throw fault(expected, value);
}

export function checkItems(value: unknown[], { minItems, maxItems }: ArrayRule): void {
  if (value.length < minItems) throw fault(`must have at least ${counted(minItems, "item")}`, value);
  if (value.length > maxItems) throw fault(`must have at most ${counted(maxItems, "item")}`, value);
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
