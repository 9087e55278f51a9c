import type { Json } from "../document.ts";
import type { NamedShape, Schema } from "../normalise/model.ts";
import { indent, key } from "./source-file.ts";
import { spell } from "./spell.ts";

/** Prints an example value as TypeScript, with a `bigint` wherever its schema has an int64. */
export function printLiteral(value: Json, schema: Schema, shapes: NamedShape[]): string {
  if (schema.kind === "named") return printShape(value, schema.name, shapes);
  if (schema.kind === "secret") return printLiteral(value, schema.schema, shapes);
  if (typeof value === "number" || typeof value === "bigint") {
    const isInt64 =
      schema.kind === "int64" || (schema.kind === "either" && schema.variants.some(({ kind }) => kind === "int64"));
    return isInt64 ? `${value}n` : String(value);
  }
  if (Array.isArray(value)) {
    const array = alternatives(schema).find(({ kind }) => kind === "array");
    const items: Schema = array?.kind === "array" ? array.items : { kind: "any" };
    return `[${value.map((item) => printLiteral(item, items, shapes)).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) return spell(value);
  const named = alternatives(schema).find(({ kind }) => kind === "named");
  if (named) return printLiteral(value, named, shapes);
  return printObject(
    Object.entries(value).map(([name, child]) => [name, printLiteral(child, { kind: "any" }, shapes)]),
  );
}

function printShape(value: Json, name: string, shapes: NamedShape[]): string {
  const shape = shapes.find((each) => each.name === name)?.shape;
  if (shape?.kind === "other") return printLiteral(value, shape.schema, shapes);
  if (!shape || typeof value !== "object" || value === null || Array.isArray(value)) {
    return printLiteral(value, { kind: "any" }, shapes);
  }
  if (shape.kind === "union") {
    const variant = shape.variants.find(({ values }) => values.includes(value[shape.tag] as string));
    return printLiteral(value, variant ? { kind: "named", name: variant.name } : { kind: "any" }, shapes);
  }
  return printObject(
    Object.entries(value).map(([member, child]) => {
      const schema = shape.properties.find((property) => property.name === member)?.schema;
      return [member, printLiteral(child, schema ?? (shape.additional || { kind: "any" }), shapes)];
    }),
  );
}

const alternatives = (schema: Schema): Schema[] => (schema.kind === "either" ? schema.variants : [schema]);

function printObject(members: string[][]): string {
  const entries = members.map(([name = "", value]) => `${key(name)}: ${value}`);
  const line = entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  if (line.length <= 80 && !line.includes("\n")) return line;
  return ["{", ...indent(entries.map((entry) => `${entry},`)), "}"].join("\n");
}
