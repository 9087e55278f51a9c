import { quote } from "../refusal.ts";
import { annotations, type Place } from "./keywords.ts";
import type { Bound, Literal, Schema } from "./model.ts";

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const int32: Bound[] = [{ operator: ">=", limit: -(2 ** 31) }, { operator: "<=", limit: 2 ** 31 - 1 }];

/** What each JSON type may be narrowed by; `format` asserts for int32 and int64 and is an annotation otherwise. */
export const assertions: Record<string, readonly string[]> = {
  null: [],
  boolean: [],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"],
  array: ["items", "minItems", "maxItems"],
  object: ["properties", "required", "additionalProperties"],
};

/** A schema of one scalar JSON type. */
export function normaliseScalar(place: Place, type: string): Schema {
  if (type === "null" || type === "boolean") return { kind: type };
  if (type === "string") return normaliseString(place);
  const format = place.text("format");
  if (type === "integer" && format === "int64") return normaliseInt64(place);
  const bounds = [...(format === "int32" ? int32 : []), ...readBounds(place)];
  refuseEmptyBounds(place, bounds);
  return { kind: "number", integer: type === "integer", bounds: format === "int32" ? tightest(bounds) : bounds };
}

const isLower = ({ operator }: Bound) => operator.startsWith(">");

/** Of several bounds on one side, the one that binds. */
function tightest(bounds: Bound[]): Bound[] {
  return bounds.filter((bound) => !bounds.some((other) =>
    other !== bound && isLower(other) === isLower(bound) && (isLower(bound) ? other.limit > bound.limit : other.limit < bound.limit),
  ));
}

function normaliseString(place: Place): Schema {
  const schema: Schema = { kind: "string" };
  if (place.has("minLength")) schema.minLength = place.child("minLength").count();
  if (place.has("maxLength")) schema.maxLength = place.child("maxLength").count();
  refuseEmptyRange(place, schema.minLength, schema.maxLength);
  if (place.has("pattern")) {
    schema.pattern = place.child("pattern").string();
    try {
      new RegExp(schema.pattern, "u");
    } catch {
      throw place.child("pattern").refuse(`must be a regular expression (ECMA-262), is ${quote(schema.pattern)}`);
    }
  }
  return schema;
}

function refuseEmptyBounds(place: Place, bounds: Bound[]): void {
  const limits = (isOfSide: (bound: Bound) => boolean) => bounds.filter(isOfSide).map(({ limit }) => limit);
  const min = Math.max(...limits(isLower));
  const max = Math.min(...limits((bound) => !isLower(bound)));
  const isExcluded = min === max && bounds.some(({ operator, limit }) => limit === min && !operator.endsWith("="));
  if (isExcluded) throw noValue(place, min, max);
  refuseEmptyRange(place, min, max);
}

/** Refuses what no value, length or number of items could satisfy. */
export function refuseEmptyRange(place: Place, min: number | bigint = 0, max: number | bigint = Infinity): void {
  if (min > max) throw noValue(place, min, max);
}

const noValue = (place: Place, min: number | bigint, max: number | bigint) =>
  place.refuse(`must allow some value, allows none between ${min} and ${max}`);

const operators = { minimum: ">=", exclusiveMinimum: ">", maximum: "<=", exclusiveMaximum: "<" } as const;

function readBounds(place: Place): Bound[] {
  return Object.entries(operators)
    .filter(([keyword]) => place.has(keyword))
    .map(([keyword, operator]) => {
      const { node } = place.child(keyword);
      if (typeof node !== "number" && typeof node !== "bigint") {
        throw place.child(keyword).refuse(`must be a number, is ${quote(node)}`);
      }
      return { operator, limit: Number(node) };
    });
}

function normaliseInt64(place: Place): Schema {
  let { min, max } = int64;
  const limit = (keyword: string): bigint | undefined => {
    if (!place.has(keyword)) return undefined;
    const { node } = place.child(keyword);
    if (typeof node === "bigint") return node;
    if (typeof node === "number" && Number.isSafeInteger(node)) return BigInt(node);
    throw place.child(keyword).refuse(`must be an integer, is ${quote(node)}`);
  };
  const lower = [limit("minimum"), increment(limit("exclusiveMinimum"), 1n)];
  const upper = [limit("maximum"), increment(limit("exclusiveMaximum"), -1n)];
  for (const bound of lower) if (bound !== undefined && bound > min) min = bound;
  for (const bound of upper) if (bound !== undefined && bound < max) max = bound;
  refuseEmptyRange(place, min, max);
  return { kind: "int64", min, max };
}

const increment = (value: bigint | undefined, by: bigint) => (value === undefined ? undefined : value + by);

/** `const` and `enum`; a `type` beside them must be the type of every value. */
export function normaliseLiterals(place: Place): Schema {
  place.allowOnly("a schema with const or enum", ["const", "enum", "type", "format", "x-outcome", ...annotations]);
  if (place.has("const") && place.has("enum")) throw place.refuse("must have const or enum, has both");
  const values = place.has("const") ? [place.child("const")] : place.child("enum").items();
  if (place.child("const").node === null) throw place.child("const").refuse('must not be null; type: "null" says the same');
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

export const jsonType = (value: Literal) => (value === null ? "null" : (typeof value as "string" | "number" | "boolean"));
