import type { NamedShape, Property, Schema, Shape } from "../normalise/model.ts";
import { indent, key } from "./source-file.ts";
import { spell } from "./spell.ts";

/** Prints the constant of one shape. */
export function printShape({ name, shape }: NamedShape): string[] {
  return [`const ${constantOf(name)} = /* @__PURE__ */ s.named(() => ${shapeExpression(shape)});`, ""];
}

/** Prints the expression that makes the schema of a body. */
export const bodyExpression = ({ name, shape }: NamedShape) =>
  shape.kind === "other" ? schemaExpression(shape.schema) : constantOf(name);

const constantOf = (name: string) => `${name}Schema`;

function shapeExpression(shape: Shape): string {
  if (shape.kind === "other") return schemaExpression(shape.schema);
  if (shape.kind === "union") {
    const variants = shape.variants.map(({ name, values }) => `[${list(constantOf(name), ...values.map(spell))}],`);
    return [`s.union(${spell(shape.tag)},`, ...indent(variants), ")"].join("\n");
  }
  const additional =
    shape.additional === undefined ? "" : `, ${shape.additional && schemaExpression(shape.additional)}`;
  const properties = shape.properties.map((property) => `${key(property.name)}: ${propertyExpression(property)},`);
  if (properties.length === 0) return `s.object({}${additional})`;
  return ["s.object({", ...indent(properties), `}${additional})`].join("\n");
}

function propertyExpression({ isOptional, role, schema }: Property): string {
  const expression = isOptional ? `s.optional(${schemaExpression(schema)})` : schemaExpression(schema);
  if (role === "decides") return expression;
  return `${role === "echo" ? "s.echo" : "s.decidesNothing"}(${expression})`;
}

/** Every kind of schema is made by the function of that name in `@codegames/codec/schema`. */
function schemaExpression(schema: Schema): string {
  switch (schema.kind) {
    case "any":
    case "null":
    case "boolean":
    case "freeForm":
      return `s.${schema.kind}`;
    case "string":
    case "number":
    case "integer":
    case "int64":
      return `s.${schema.kind}(${limitsExpression(schema.limits)})`;
    case "literals":
      return `s.literals(${list(...schema.values.map(spell))})`;
    case "array":
      return `s.array(${list(schemaExpression(schema.items), limitsExpression(schema.limits))})`;
    case "either": {
      const [first, second, ...others] = schema.variants;
      if (first && second?.kind === "null" && others.length === 0) return `s.nullable(${schemaExpression(first)})`;
      return `s.either(${list(...schema.variants.map(schemaExpression))})`;
    }
    case "named":
      return constantOf(schema.name);
    case "secret":
      return `s.secret(${schemaExpression(schema.schema)})`;
  }
}

const list = (...expressions: string[]) => expressions.filter(Boolean).join(", ");

/** An object literal of the limits that are set, or nothing. */
function limitsExpression(limits: object): string {
  const spelled = Object.entries(limits).map(
    ([name, limit]: [string, string | number | bigint]) =>
      `${name}: ${typeof limit === "bigint" ? `${limit}n` : spell(limit)}`,
  );
  return spelled.length === 0 ? "" : `{ ${spelled.join(", ")} }`;
}
