import { fault, hidden } from "./fault.ts";
import type { JsonType } from "./json-value.ts";
import type { ArrayRule, Int64Rule, NumberSchema, Schema, StringRule } from "./schema.ts";

/** Whether a scalar stands where an object or an array could stand: it may be a secret that belongs inside of that. */
export const isHiding = ({ types }: Schema, type: JsonType | undefined) =>
  type !== "object" && type !== "array" && (types.includes("object") || types.includes("array"));

/** Makes the fault of a value of a wrong type. It shows no value where a secret could have been. */
export function mismatch(value: unknown, schema: Schema, expected: string): unknown {
  const error = fault(expected, value);
  return schema.kind === "secret" || isHiding(schema, undefined) ? hidden(error) : error;
}

// Each check returns its value, or throws a fault.

export function checkString(text: string, { minLength, maxLength, pattern, regExp }: StringRule): string {
  if (text.length < minLength * 2 && codePoints(text) < minLength) {
    throw fault(minLength === 1 ? "must not be empty" : `must have at least ${counted(minLength, "character")}`, text);
  }
  if (text.length > maxLength && codePoints(text) > maxLength) {
    throw fault(`must have at most ${counted(maxLength, "character")}`, text);
  }
  if (regExp && !regExp.test(text)) throw fault(`must match ${pattern}`, text);
  return text;
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

export function checkNumber(value: number, { kind, rule }: NumberSchema, expected: string): number {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = rule;
  if (!(kind === "integer" ? Number.isInteger(value) : Number.isFinite(value))) throw fault(expected, value);
  if (value < minimum) throw fault(`must be at least ${minimum}`, value);
  if (value <= exclusiveMinimum) throw fault(`must be greater than ${exclusiveMinimum}`, value);
  if (value > maximum) throw fault(`must be at most ${maximum}`, value);
  if (value >= exclusiveMaximum) throw fault(`must be less than ${exclusiveMaximum}`, value);
  return value;
}

export function checkRange(value: bigint, { minimum, maximum }: Int64Rule, expected: string): bigint {
  if (value < minimum || value > maximum) throw fault(expected, value);
  return value;
}

export function checkItems(value: unknown[], { minItems, maxItems }: ArrayRule): unknown[] {
  if (value.length < minItems) throw fault(`must have at least ${counted(minItems, "item")}`, value);
  if (value.length > maxItems) throw fault(`must have at most ${counted(maxItems, "item")}`, value);
  return value;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
