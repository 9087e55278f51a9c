import { type Contract, isExported, type Schema, type Shape } from "../normalise/model.ts";
import { indent, key } from "../typescript/source-file.ts";
import { spell } from "../typescript/spell.ts";

/**
 * Prints the proof, at compile time, that codecs and types agree: the generator's own view of each schema, printed as a
 * type, equals the type that openapi-typescript makes.
 */
export function printEquality({ shapes }: Contract): string {
  return [
    `import type { Secret } from "@codegames/codec";`,
    `import type * as types from "./types.ts";`,
    "",
    "type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;",
    "type Flat<T> = T extends Secret<infer Value>",
    "  ? Secret<Flat<Value>>",
    "  : T extends object",
    "    ? { -readonly [Key in keyof T]: Flat<T[Key]> }",
    "    : T;",
    "",
    "/** Fails to compile when a type and its check differ. */",
    "export type Equalities = [",
    ...shapes
      .filter(isExported)
      .flatMap(({ type, shape }) => indent([`Proven<Equals<Flat<${type}>, Flat<${shapeType(shape, shapes)}>>>,`])),
    "];",
    "",
    "type Proven<T extends true> = T;",
  ].join("\n");
}

function shapeType(shape: Shape, shapes: Contract["shapes"]): string {
  if (shape.kind === "union")
    return shape.variants.map(({ name }) => typeOf({ kind: "named", name }, shapes)).join(" | ");
  if (shape.kind === "other") return typeOf(shape.schema, shapes);
  const properties = shape.properties.map(
    ({ name, isOptional, schema }) => `${key(name)}${isOptional ? "?" : ""}: ${typeOf(schema, shapes)};`,
  );
  const known = properties.length > 0 ? [`{ ${properties.join(" ")} }`] : [];
  const others = shape.additional ? [`{ [key: string]: ${typeOf(shape.additional, shapes)} }`] : [];
  return [...known, ...others].join(" & ") || "Record<string, never>";
}

function typeOf(schema: Schema, shapes: Contract["shapes"]): string {
  switch (schema.kind) {
    case "any":
      return "unknown";
    case "int64":
      return "bigint";
    case "integer":
      return "number";
    case "literals":
      return schema.values.map((value) => spell(value)).join(" | ");
    case "array":
      return `(${typeOf(schema.items, shapes)})[]`;
    case "freeForm":
      return "{ [key: string]: unknown }";
    case "secret":
      return secretType(schema.schema, shapes);
    case "either":
      return schema.variants.map((variant) => typeOf(variant, shapes)).join(" | ");
    case "named": {
      const named = shapes.find(({ name }) => name === schema.name);
      return named && !isExported(named) ? shapeType(named.shape, shapes) : `types.${schema.name}`;
    }
    default:
      return schema.kind;
  }
}

/** `null` stays outside: it hides nothing. */
function secretType(schema: Schema, shapes: Contract["shapes"]): string {
  const parts = schema.kind === "either" ? schema.variants : [schema];
  const values = parts.filter(({ kind }) => kind !== "null").map((part) => typeOf(part, shapes));
  return [`Secret<${values.join(" | ")}>`, ...(values.length < parts.length ? ["null"] : [])].join(" | ");
}
