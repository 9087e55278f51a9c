import type { NamedShape, Property, Schema, Shape } from "../normalise/model.ts";
import { spell, spellInTemplate } from "../spell.ts";
import { indent, member } from "./source.ts";

/** Prints the function that writes one shape, which a check has passed. */
export function printWriter({ name, type, shape }: NamedShape): string[] {
  const parameter = isConstant(shape) ? "_value" : "value";
  return [`function write${name}(${parameter}: Encodable<${type}>): string {`, ...indent(shapeStatements(shape)), "}"];
}

/** Whether every value of the shape has the same text. */
const isConstant = (shape: Shape) =>
  shape.kind === "object" && !shape.additional &&
  shape.properties.every(({ required, schema }) => required && isOneLiteral(schema));

const isOneLiteral = (schema: Schema) => schema.kind === "literals" && schema.values.length === 1;

function shapeStatements(shape: Shape): string[] {
  if (shape.kind === "other") return [`return ${expression(shape.schema, "value")};`];
  if (shape.kind === "union") {
    return [
      `switch (${member("value", shape.tag)}) {`,
      ...indent(shape.variants.flatMap(({ name, values }) => [
        ...values.map((value) => `case ${spell(value)}:`),
        `  return write${name}(value);`,
      ])),
      "}",
    ];
  }
  return [
    `let members = "";`,
    ...shape.properties.map(propertyStatement),
    ...additionalStatements(shape),
    "return `{${members.slice(1)}}`;",
  ];
}

function propertyStatement({ name, required, schema }: Property): string {
  const code = member("value", name);
  const append = `members += \`,${spellInTemplate(spell(name))}:${inTemplate(schema, code)}\`;`;
  return required ? append : `if (${code} !== undefined) ${append}`;
}

/** A literal stands in the text; anything else is filled in. */
function inTemplate(schema: Schema, code: string): string {
  if (schema.kind === "literals" && isOneLiteral(schema)) return spellInTemplate(spell(schema.values[0]));
  if (isWrittenAsItIs(schema)) return `\${${code}}`;
  if (schema.kind === "array") return arrayTemplate(schema.items, code);
  return `\${${expression(schema, code)}}`;
}

function additionalStatements({ properties, additional }: Shape & { kind: "object" }): string[] {
  if (additional === undefined || additional === false) return [];
  const isKnown = properties.map(({ name }) => `key === ${spell(name)}`).join(" || ");
  return [
    "for (const [key, other] of Object.entries(value)) {",
    ...indent([
      ...(isKnown ? [`if (${isKnown} || other === undefined) continue;`] : []),
      `members += \`,\${JSON.stringify(key)}:\${${additionalExpression(additional, properties.length > 0)}}\`;`,
    ]),
    "}",
  ];
}

/** Beside known properties TypeScript knows less of the others than their check did. */
const additionalExpression = (schema: Schema, isBesideKnown: boolean) =>
  isBesideKnown ? expression(schema, "(other as never)") : expression(schema, "other");

/** The expression of the JSON text of a value. */
function expression(schema: Schema, code: string): string {
  switch (schema.kind) {
    case "named":
      return `write${schema.name}(${code})`;
    case "array":
      return `\`${arrayTemplate(schema.items, code)}\``;
    case "any":
    case "free-form":
      return `writeAny(${code})`;
    case "secret":
      return expression(schema.schema, `reveal(${code})`);
    case "either":
      return eitherExpression(schema.variants, code);
    default:
      return isWrittenAsItIs(schema) ? `String(${code})` : `JSON.stringify(${code})`;
  }
}

function arrayTemplate(items: Schema, code: string): string {
  const write = items.kind === "named" ? `write${items.name}` : `(item) => ${expression(items, "item")}`;
  return `[\${${code}.map(${write}).join(",")}]`;
}

/** Peels the variants that are not plain JSON off, one by one. */
function eitherExpression(variants: Schema[], code: string): string {
  const plain = variants.filter(({ kind }) => kind !== "named" && kind !== "array" && kind !== "free-form" && kind !== "int64");
  const special = variants.filter((variant) => !plain.includes(variant));
  const tests = special.map((variant) => `${isOf(variant, code)} ? ${expression(variant, code)}`);
  return `${[...tests, `JSON.stringify(${code})`].join(" : ")}`;
}

function isOf(schema: Schema, code: string): string {
  if (schema.kind === "array") return `Array.isArray(${code})`;
  if (schema.kind === "int64") return `typeof ${code} === "number" || typeof ${code} === "bigint"`;
  return `isObject(${code})`;
}

/** Numbers and booleans: `String` writes them as JSON does. */
const isWrittenAsItIs = ({ kind }: Schema) => kind === "number" || kind === "int64" || kind === "boolean";
