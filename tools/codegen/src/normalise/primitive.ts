import type { Int64Limits, Literal, NumberLimits, StringLimits } from "@codegames/codec/schema";
import { quote } from "../refusal.ts";
import { annotations, type Place } from "./keywords.ts";
import type { Schema } from "./model.ts";

/** The smallest and the largest 64-bit integer. */
export const int64Range = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n };
const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** The keywords that narrow each JSON type. `format` asserts for int32 and int64, and is an annotation otherwise. */
export const assertions: Record<string, readonly string[]> = {
  null: [],
  boolean: [],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"],
  array: ["items", "minItems", "maxItems"],
  object: ["properties", "required", "additionalProperties"],
};

/** Normalises a schema of one scalar JSON type. */
export function normaliseScalar(place: Place, type: string): Schema {
  if (type === "null" || type === "boolean") return { kind: type };
  if (type === "string") return { kind: type, limits: readStringLimits(place) };
  const format = place.text("format");
  if (type === "integer" && format === "int64") return { kind: "int64", limits: readInt64Limits(place) };
  const limits = readNumberLimits(place);
  if (format === "int32") narrow(limits, int32);
  refuseEmptyLimits(place, limits);
  return { kind: type === "integer" ? "integer" : "number", limits };
}

function readStringLimits(place: Place): StringLimits {
  const limits: StringLimits = readCounts(place, ["minLength", "maxLength"]);
  refuseEmptyRange(place, limits.minLength, limits.maxLength);
  if (place.has("pattern")) {
    limits.pattern = place.child("pattern").string();
    try {
      new RegExp(limits.pattern, "u");
    } catch {
      throw place.child("pattern").refuse(`must be a regular expression (ECMA-262), is ${quote(limits.pattern)}`);
    }
  }
  return limits;
}

/** Reads those of the keywords that are set; each must be a whole number from 0. */
export function readCounts<Keyword extends string>(
  place: Place,
  keywords: readonly Keyword[],
): { [Name in Keyword]?: number } {
  const counts: { [Name in Keyword]?: number } = {};
  for (const keyword of keywords) if (place.has(keyword)) counts[keyword] = place.child(keyword).count();
  return counts;
}

function readNumberLimits(place: Place): NumberLimits {
  const limits: NumberLimits = {};
  for (const keyword of ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] as const) {
    if (!place.has(keyword)) continue;
    const { node } = place.child(keyword);
    if (typeof node !== "number" && typeof node !== "bigint") {
      throw place.child(keyword).refuse(`must be a number, is ${quote(node)}`);
    }
    limits[keyword] = Number(node);
  }
  return limits;
}

/** Adds the limits of a format, and keeps on each side the one that binds. */
function narrow(limits: NumberLimits, { minimum, maximum }: Required<Pick<NumberLimits, "minimum" | "maximum">>): void {
  limits.minimum = Math.max(minimum, limits.minimum ?? minimum);
  limits.maximum = Math.min(maximum, limits.maximum ?? maximum);
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = limits;
  if (exclusiveMinimum > limits.minimum) delete limits.minimum;
  else if (exclusiveMinimum < limits.minimum) delete limits.exclusiveMinimum;
  if (exclusiveMaximum < limits.maximum) delete limits.maximum;
  else if (exclusiveMaximum > limits.maximum) delete limits.exclusiveMaximum;
}

function refuseEmptyLimits(place: Place, limits: NumberLimits): void {
  const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity } = limits;
  const lowest = Math.max(minimum, exclusiveMinimum);
  const highest = Math.min(maximum, exclusiveMaximum);
  const isExcluded = lowest === highest && (exclusiveMinimum === lowest || exclusiveMaximum === lowest);
  if (isExcluded) throw noValue(place, lowest, highest);
  refuseEmptyRange(place, lowest, highest);
}

/** Refuses limits that no value, length or number of items can satisfy. */
export function refuseEmptyRange(place: Place, min: number | bigint = 0, max: number | bigint = Infinity): void {
  if (min > max) throw noValue(place, min, max);
}

const noValue = (place: Place, min: number | bigint, max: number | bigint) =>
  place.refuse(`must allow some value, allows none between ${min} and ${max}`);

function readInt64Limits(place: Place): Int64Limits {
  const limit = (keyword: string, by: bigint): bigint | undefined => {
    if (!place.has(keyword)) return undefined;
    const { node } = place.child(keyword);
    if (typeof node === "bigint") return node + by;
    if (typeof node === "number" && Number.isSafeInteger(node)) return BigInt(node) + by;
    throw place.child(keyword).refuse(`must be an integer, is ${quote(node)}`);
  };
  let { minimum, maximum }: Required<Int64Limits> = int64Range;
  for (const bound of [limit("minimum", 0n), limit("exclusiveMinimum", 1n)]) {
    if (bound !== undefined && bound > minimum) minimum = bound;
  }
  for (const bound of [limit("maximum", 0n), limit("exclusiveMaximum", -1n)]) {
    if (bound !== undefined && bound < maximum) maximum = bound;
  }
  refuseEmptyRange(place, minimum, maximum);
  return {
    ...(minimum > int64Range.minimum && { minimum }),
    ...(maximum < int64Range.maximum && { maximum }),
  };
}

/** Normalises `const` and `enum`. A `type` beside them must be the type of every value. */
export function normaliseLiterals(place: Place): Schema {
  place.allowOnly("a schema with const or enum", ["const", "enum", "type", "format", "x-outcome", ...annotations]);
  if (place.has("const") && place.has("enum")) throw place.refuse("must have const or enum, has both");
  const values = place.has("const") ? [place.child("const")] : place.child("enum").items();
  if (place.child("const").node === null)
    throw place.child("const").refuse('must not be null; type: "null" says the same');
  if (values.length === 0) throw place.child("enum").refuse("must list at least one value");
  const types = place.has("type") ? typesOf(place) : undefined;
  const literals = values.map((value): Literal => {
    const { node } = value;
    if (typeof node === "object" && node !== null) throw value.refuse("must be a string, a number, a boolean or null");
    if (node === undefined || typeof node === "bigint" || place.text("format") === "int64") {
      throw value.refuse(`must not be an int64, is ${quote(node)}`);
    }
    if (types && !types.some((type) => type === jsonType(node) || (type === "integer" && Number.isInteger(node)))) {
      throw value.refuse(`must be of type ${types.join(" or ")}, is ${quote(node)}`);
    }
    return node;
  });
  if (types?.includes("null") && !literals.includes(null)) {
    throw place.refuse("allows null by its type; list it among the values, or leave it out of the type");
  }
  if (new Set(literals).size < literals.length) throw place.refuse(`must list each value once, is ${quote(literals)}`);
  return { kind: "literals", values: literals };
}

export function typesOf(place: Place): string[] {
  const type = place.child("type");
  const types = Array.isArray(type.node) ? type.items() : [type];
  return types.map((each) => {
    const name = each.string();
    if (!Object.hasOwn(assertions, name)) {
      throw each.refuse(`type ${quote(name)} does not exist; allowed: ${Object.keys(assertions).join(", ")}`);
    }
    return name;
  });
}

export const jsonType = (value: Literal) =>
  value === null ? "null" : (typeof value as "string" | "number" | "boolean");
