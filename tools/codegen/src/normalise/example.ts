import type { NumberLimits } from "@codegames/codec/schema";
import { type Json, isJsonObject } from "../document.ts";
import { quote } from "../refusal.ts";
import type { Place } from "./keywords.ts";
import type { Schema, Shape } from "./model.ts";
import { int64Range } from "./primitive.ts";
import { jsonTypesOf } from "./union.ts";

type ShapeOf = (name: string) => Shape;

/**
 * Refuses an example that its schema does not allow. It refuses a member that the schema does not list too: an answer
 * may have one, but the typed example could not.
 */
export function checkExample(place: Place, schema: Schema, shapeOf: ShapeOf): void {
  if (schema.kind === "any") return;
  if (schema.kind === "secret") return checkExample(place, schema.schema, shapeOf);
  if (schema.kind === "named") return checkMembers(place, shapeOf(schema.name), shapeOf);
  const { node = null } = place;
  if (schema.kind === "either") {
    const variant = schema.variants.find((each) => jsonTypesOf(each).includes(jsonTypeOf(node)));
    if (variant) return checkExample(place, variant, shapeOf);
  }
  if (!isAllowed(node, schema)) throw place.refuse(`is an example that its schema does not allow, is ${quote(node)}`);
  if (schema.kind === "array") for (const item of place.items()) checkExample(item, schema.items, shapeOf);
}

function checkMembers(place: Place, shape: Shape, shapeOf: ShapeOf): void {
  if (shape.kind === "other") return checkExample(place, shape.schema, shapeOf);
  if (shape.kind === "union") {
    const { node } = place.child(shape.tag);
    const variant = shape.variants.find(({ values }) => values.some((value) => value === node));
    if (variant) return checkMembers(place, shapeOf(variant.name), shapeOf);
    throw place.refuse(`is an example of no variant of its schema, has ${shape.tag} ${quote(node)}`);
  }
  for (const { name, isOptional } of shape.properties) {
    if (!isOptional && !place.has(name))
      throw place.refuse(`is an example without ${quote(name)}, which its schema requires`);
  }
  for (const [name, member] of place.children()) {
    const schema = shape.properties.find((property) => property.name === name)?.schema ?? shape.additional;
    if (!schema) throw member.refuse("is a member of an example that its schema does not list");
    checkExample(member, schema, shapeOf);
  }
}

function isAllowed(value: Json, schema: Schema): boolean {
  if (!jsonTypesOf(schema).includes(jsonTypeOf(value))) return false;
  switch (schema.kind) {
    case "literals":
      return schema.values.some((each) => each === value);
    case "int64": {
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return false;
      const { minimum, maximum } = { ...int64Range, ...schema.limits };
      return isWithin(BigInt(value as bigint), minimum, maximum);
    }
    case "integer":
      return Number.isInteger(Number(value)) && isInLimits(Number(value), schema.limits);
    case "number":
      return isInLimits(Number(value), schema.limits);
    case "string": {
      const { minLength, maxLength, pattern = "" } = schema.limits;
      const text = value as string;
      return isWithin([...text].length, minLength, maxLength) && new RegExp(pattern, "u").test(text);
    }
    case "array":
      return isWithin((value as Json[]).length, schema.limits.minItems, schema.limits.maxItems);
    default:
      return true;
  }
}

function jsonTypeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (isJsonObject(value)) return "object";
  return typeof value === "bigint" ? "number" : typeof value;
}

const isWithin = <T extends number | bigint>(value: T, min?: T, max?: T) =>
  (min === undefined || value >= min) && (max === undefined || value <= max);

function isInLimits(value: number, limits: NumberLimits): boolean {
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = limits;
  return isWithin(value, limits.minimum, limits.maximum) && value > exclusiveMinimum && value < exclusiveMaximum;
}
