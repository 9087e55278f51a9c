import { type Contract, isExported, type Schema, type Shape } from "../normalise/model.ts";
import { spell } from "../spell.ts";
import { indent, key, sourceFile } from "./source.ts";

/**
 * Proof at compile time that the checks and the types speak of the same thing: what the generator understood of each
 * schema, printed as a type, equals what openapi-typescript made of it.
 */
export function printEquality({ shapes }: Contract): string {
  return sourceFile([
    `import type { Secret } from "./codec.ts";`,
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
    ...shapes.filter(isExported).flatMap(({ type, shape }) => indent([`Proven<Equals<Flat<${type}>, Flat<${shapeType(shape, shapes)}>>>,`])),
    "];",
    "",
    "type Proven<T extends true> = T;",
  ]);
}

function shapeType(shape: Shape, shapes: Contract["shapes"]): string {
  if (shape.kind === "union") return shape.variants.map(({ name }) => typeOf({ kind: "named", name }, shapes)).join(" | ");
  if (shape.kind === "other") return typeOf(shape.schema, shapes);
  const properties = shape.properties.map(
    ({ name, required, schema }) => `${key(name)}${required ? "" : "?"}: ${typeOf(schema, shapes)};`,
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
    case "literals":
      return schema.values.map((value) => spell(value)).join(" | ");
    case "array":
      return `(${typeOf(schema.items, shapes)})[]`;
    case "free-form":
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
