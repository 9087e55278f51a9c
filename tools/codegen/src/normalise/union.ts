import { quote } from "../refusal.ts";
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

/** Makes a union of objects. Refuses variants that no required property with `const` or `enum` tells apart. */
export function disjointByTag(place: Place, schemas: Schema[], shapeOf: (name: string) => Shape): Shape {
  const names = schemas.flatMap((schema) => {
    if (schema.kind === "named") return objectsOf(schema.name, shapeOf);
    throw place.refuse("variants overlap: one of them takes any object");
  });
  const objects = names.map((name) => ({ name, properties: propertiesOf(shapeOf(name)) }));
  let overlap = "no required property with const or enum is in every variant";
  for (const { name: tag } of objects[0]?.properties ?? []) {
    const variants = objects.map(({ name, properties }) => ({ name, values: literalsOf(properties, tag) }));
    if (variants.some(({ values }) => values.length === 0)) continue;
    const seen = new Map<Literal, string>();
    const repeated = variants.flatMap(({ name, values }) =>
      values.flatMap((value) => {
        const other = seen.get(value);
        seen.set(value, name);
        return other ? [`${other} and ${name} both take ${tag} ${quote(value)}`] : [];
      }),
    );
    if (repeated.length === 0) return { kind: "union", tag, variants };
    overlap = repeated[0] ?? overlap;
  }
  throw place.refuse(`variants overlap: ${overlap}`);
}

function objectsOf(name: string, shapeOf: (name: string) => Shape): string[] {
  const shape = shapeOf(name);
  return shape.kind === "union" ? shape.variants.flatMap((variant) => objectsOf(variant.name, shapeOf)) : [name];
}

const propertiesOf = (shape: Shape): Property[] => (shape.kind === "object" ? shape.properties : []);

function literalsOf(properties: Property[], tag: string): Literal[] {
  const property = properties.find(({ name, isOptional }) => name === tag && !isOptional);
  return property?.schema.kind === "literals" ? property.schema.values : [];
}
