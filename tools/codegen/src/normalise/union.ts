import { quote } from "../refusal.ts";
import { checkMapping, type ListedVariant, readDiscriminatorTag } from "./discriminator.ts";
import type { Place } from "./keywords.ts";
import type { Literal, Property, Schema, Shape } from "./model.ts";
import { jsonType } from "./primitive.ts";

/** Makes a choice between JSON types. Refuses two variants that accept a value of the same type. */
export function disjointByType(place: Place, schemas: Schema[]): Schema {
  const variants = mergeLiterals(schemas.flatMap((schema) => (schema.kind === "either" ? schema.variants : [schema])));
  const [only] = variants;
  if (only && variants.length === 1) return only;
  if (variants.length === 0) throw place.refuse("must list at least one variant");
  const taken = new Map<string, number>();
  variants.forEach((variant, index) => {
    for (const type of jsonTypesOf(variant)) {
      const other = taken.get(type);
      if (other !== undefined && other !== index)
        throw place.refuse(`variants overlap: more than one takes a value of type ${type}`);
      taken.set(type, index);
    }
  });
  if (taken.has("any")) throw place.refuse("variants overlap: one of them takes any value");
  return { kind: "either", variants };
}

/** `oneOf: [{const: A}, {const: B}]` is `enum: [A, B]`. */
function mergeLiterals(schemas: Schema[]): Schema[] {
  const values = schemas.flatMap((schema) => (schema.kind === "literals" ? schema.values : []));
  if (values.length === 0 || new Set(values).size < values.length) return schemas;
  return [{ kind: "literals", values }, ...schemas.filter(({ kind }) => kind !== "literals")];
}

/** The JSON types of the values that a schema accepts. */
export function jsonTypesOf(schema: Schema): string[] {
  if (schema.kind === "literals") return [...new Set(schema.values.map(jsonType))];
  if (schema.kind === "int64" || schema.kind === "integer") return ["number"];
  return [schema.kind === "named" || schema.kind === "freeForm" ? "object" : schema.kind];
}

/**
 * Makes a union of objects; `schemas` are those that the union lists as `items`. Refuses variants that no required
 * property with `const` or `enum` tells apart, and a `discriminator` that tells them apart in another way.
 */
export function disjointByTag(
  union: Place,
  items: Place[],
  schemas: Schema[],
  shapeOf: (name: string) => Shape,
): Shape {
  const list = union.child(union.has("oneOf") ? "oneOf" : "anyOf");
  const listed = schemas.map((schema) => {
    if (schema.kind === "named") return objectsOf(schema.name, shapeOf);
    throw list.refuse("variants overlap: one of them takes any object");
  });
  const objects = listed.flat().map((name) => ({ name, properties: propertiesOf(shapeOf(name)) }));
  const wanted = readDiscriminatorTag(union);
  const tags = wanted === undefined ? (objects[0]?.properties ?? []).map(({ name }) => name) : [wanted.string()];
  let overlap = "no required property with const or enum is in every variant";
  for (const tag of tags) {
    const variants = objects.map(({ name, properties }) => ({ name, values: literalsOf(properties, tag) }));
    const untagged = variants.find(({ values }) => values.length === 0);
    const repeated = untagged ? undefined : repeatedValue(tag, variants);
    if (!untagged && repeated === undefined) {
      if (wanted) checkMapping(union, tag, listedVariants(items, listed, variants));
      return { kind: "union", tag, variants };
    }
    const reason = repeated ?? `${untagged?.name} has no required ${tag} with const or enum`;
    if (wanted) throw wanted.refuse(`names ${quote(tag)}, which does not tell the variants apart: ${reason}`);
    overlap = repeated ?? overlap;
  }
  throw list.refuse(`variants overlap: ${overlap}`);
}

type Variants = Extract<Shape, { kind: "union" }>["variants"];

function repeatedValue(tag: string, variants: Variants): string | undefined {
  const seen = new Map<Literal, string>();
  for (const { name, values } of variants) {
    for (const value of values) {
      const other = seen.get(value);
      if (other !== undefined) return `${other} and ${name} both take ${tag} ${quote(value)}`;
      seen.set(value, name);
    }
  }
  return undefined;
}

/** The schemas that a union lists, with the values of all objects in each: a union in a union has several. */
const listedVariants = (items: Place[], listed: string[][], variants: Variants): ListedVariant[] =>
  items.map((place, index) => ({
    place,
    values: variants.flatMap(({ name, values }) => (listed[index]?.includes(name) ? values : [])),
  }));

function objectsOf(name: string, shapeOf: (name: string) => Shape): string[] {
  const shape = shapeOf(name);
  return shape.kind === "union" ? shape.variants.flatMap((variant) => objectsOf(variant.name, shapeOf)) : [name];
}

const propertiesOf = (shape: Shape): Property[] => (shape.kind === "object" ? shape.properties : []);

function literalsOf(properties: Property[], tag: string): Literal[] {
  const property = properties.find(({ name, isOptional }) => name === tag && !isOptional);
  return property?.schema.kind === "literals" ? property.schema.values : [];
}
