import type { Bound, NamedShape, Property, Schema, Shape } from "../normalise/model.ts";
import { spell } from "../spell.ts";
import { indent, key } from "./source.ts";

/** Prints the constant of one shape. */
export function printShape({ name, shape }: NamedShape): string[] {
  return [`const ${constantOf(name)} = /* @__PURE__ */ s.named(() => ${shapeExpression(shape)});`, ""];
}

/** Prints what makes the schema of a body. */
export const bodyExpression = ({ name, shape }: NamedShape) =>
  shape.kind === "other" ? schemaExpression(shape.schema) : constantOf(name);

const constantOf = (name: string) => `${name}Schema`;

function shapeExpression(shape: Shape): string {
  if (shape.kind === "other") return schemaExpression(shape.schema);
  if (shape.kind === "union") {
    const variants = shape.variants.map(({ name, values }) => `[${[constantOf(name), ...values.map(spell)].join(", ")}],`);
    return [`s.union(${spell(shape.tag)},`, ...indent(variants), ")"].join("\n");
  }
  const others = shape.additional === undefined ? "" : `, ${shape.additional && schemaExpression(shape.additional)}`;
  const properties = shape.properties.map((property) => `${key(property.name)}: ${propertyExpression(property)},`);
  return properties.length === 0 ? `s.object({}${others})` : ["s.object({", ...indent(properties), `}${others})`].join("\n");
}

const propertyExpression = ({ required, schema }: Property) =>
  required ? schemaExpression(schema) : `s.optional(${schemaExpression(schema)})`;

function schemaExpression(schema: Schema): string {
  switch (schema.kind) {
    case "any":
    case "boolean":
      return `s.${schema.kind}`;
    case "null":
      return "s.nothing";
    case "free-form":
      return "s.freeForm";
    case "string":
      return `s.string(${limits({ minLength: schema.minLength, maxLength: schema.maxLength, pattern: schema.pattern })})`;
    case "number":
      return `s.${schema.integer ? "integer" : "number"}(${limits(Object.fromEntries(schema.bounds.map(({ operator, limit }) => [keywords[operator], limit])))})`;
    case "int64":
      return `s.int64(${limits({
        minimum: schema.min > -(2n ** 63n) ? schema.min : undefined,
        maximum: schema.max < 2n ** 63n - 1n ? schema.max : undefined,
      })})`;
    case "literals":
      return `s.literals(${schema.values.map(spell).join(", ")})`;
    case "array":
      return `s.array(${[schemaExpression(schema.items), limits({ minItems: schema.minItems, maxItems: schema.maxItems })].filter(Boolean).join(", ")})`;
    case "either": {
      const [first, second, ...others] = schema.variants;
      if (first && second?.kind === "null" && others.length === 0) return `s.nullable(${schemaExpression(first)})`;
      return `s.either(${schema.variants.map(schemaExpression).join(", ")})`;
    }
    case "named":
      return constantOf(schema.name);
    case "secret":
      return `s.secret(${schemaExpression(schema.schema)})`;
  }
}

const keywords: Record<Bound["operator"], string> = {
  ">=": "minimum", ">": "exclusiveMinimum", "<=": "maximum", "<": "exclusiveMaximum",
};

/** An object literal of those that are set, or nothing. */
function limits(values: Record<string, string | number | bigint | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  const spelled = set.map(([name, value]) => `${name}: ${typeof value === "bigint" ? `${value}n` : spell(value)}`);
  return spelled.length === 0 ? "" : `{ ${spelled.join(", ")} }`;
}
