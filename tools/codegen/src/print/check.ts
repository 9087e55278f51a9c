import type { NamedShape, Property, Schema, Shape } from "../normalise/model.ts";
import { spell } from "../spell.ts";
import { is, isNot, isOneOf, list, nameOf, parenthesise } from "./condition.ts";
import { indent, member } from "./source.ts";

/** A value inside a printed check. */
interface Value {
  /** The expression that reads it. */
  code: string;
  /** Its container and its key there, as expressions. */
  container: string;
  key: string;
  /** The expression of its JSON Pointer. */
  at: string;
  /** Whether a fault may tell no more than its type. */
  isSecret: boolean;
  isOptional: boolean;
  /** How many arrays it stands in. */
  depth: number;
}

/** Prints the function that checks one shape, and the names of its members where others may stand beside them. */
export function printCheck({ name, type, shape }: NamedShape): string[] {
  const lines = shapeStatements(shape, name);
  const used = (parameter: string) => (lines.some((line) => new RegExp(`(?<![\\w."'/])${parameter}\\b`).test(line)) ? parameter : `_${parameter}`);
  const [value, at, direction] = [used("value"), used("at"), used("direction")];
  const names = shape.kind === "object" && shape.additional === undefined ? shape.properties.map((property) => spell(property.name)) : undefined;
  return [
    ...(names ? [`const namesOf${name} = /* @__PURE__ */ new Set([${names.join(", ")}]);`, ""] : []),
    `function check${name}(${value}: unknown, ${at}: string, ${direction}: Direction): asserts ${value} is ${type} {`,
    ...indent(lines),
    "}",
  ];
}

const call = (callee: string, code: string, at: string) => `check${callee}(${code}, ${at}, direction);`;

function shapeStatements(shape: Shape, name: string): string[] {
  const root: Value = { code: "value", container: "value", key: "", at: "at", isSecret: false, isOptional: false, depth: 0 };
  if (shape.kind === "other") return statements(shape.schema, root);
  const mustBeObject = statements({ kind: "free-form" }, root);
  if (shape.kind === "object") {
    const properties = shape.properties.flatMap((property) => propertyStatements(property));
    const others = shape.additional === undefined ? [`direction.others(value, namesOf${name});`] : additionalStatements(shape);
    return [...mustBeObject, ...properties, ...others];
  }
  const tag = member("value", shape.tag);
  const values = shape.variants.flatMap((variant) => variant.values);
  return [
    ...mustBeObject,
    `switch (${tag}) {`,
    ...indent(shape.variants.flatMap((variant) => [
      ...variant.values.map((value) => `case ${spell(value)}:`),
      `  return ${call(variant.name, "value", "at")}`,
    ])),
    "  default:",
    `    throw fault(${atStep("at", shape.tag)}, ${spell(`must be ${list(values)}`)}, ${tag});`,
    "}",
  ];
}

function propertyStatements(property: Property): string[] {
  const value: Value = {
    code: member("value", property.name),
    container: "value",
    key: spell(property.name),
    at: atStep("at", property.name),
    isSecret: false,
    isOptional: !property.required,
    depth: 0,
  };
  const checks = statements(property.schema, value);
  if (property.required) {
    return property.schema.kind === "any" ? throwIf(`${value.code} === undefined`, value, "must be a value") : checks;
  }
  return checks.length === 0 ? [] : [`if (${value.code} !== undefined) {`, ...indent(checks), "}"];
}

function additionalStatements({ properties, additional }: Shape & { kind: "object" }): string[] {
  if (additional === undefined || (additional !== false && additional.kind === "any")) return [];
  const value: Value = {
    code: "value[key]", container: "value", key: "key", at: "step(at, key)", isSecret: false, isOptional: false, depth: 0,
  };
  const known = properties.length > 0 ? [`if (${isOneOf("key", properties.map(({ name }) => name))}) continue;`] : [];
  const checks = additional === false
    ? [`throw fault(step(at, key), "is not allowed here");`]
    : statements(additional, value);
  return ["for (const key of Object.keys(value)) {", ...indent([...known, ...checks]), "}"];
}

/** The statements that refuse a value of the wrong kind. */
function statements(schema: Schema, value: Value): string[] {
  const { code } = value;
  switch (schema.kind) {
    case "any":
      return [];
    case "named":
      return [call(schema.name, code, value.at)];
    case "int64":
      return [`direction.int64(${value.container}, ${value.key}, ${value.at}, ${schema.min}n, ${schema.max}n);`];
    case "literals":
      return throwIf(isNot(schema, code), value, `must be ${list(schema.values)}`);
    case "either":
      return eitherStatements(schema.variants, value);
    case "secret":
      return secretStatements(schema.schema, value);
    default: {
      const isOther = throwIf(isNot(schema, code), withoutContent(value, [schema]), `must be ${nameOf(schema)}`);
      return [...isOther, ...narrowing(schema, value)];
    }
  }
}

/** A secret is checked as what it is, and hidden only then. */
function secretStatements(schema: Schema, value: Value): string[] {
  const hide = value.isOptional ? "optionalSecret" : "secret";
  const lines = [
    `const secret = reveal(${value.code});`,
    ...statements(schema, { ...value, code: "secret", isSecret: true }),
    `direction.${hide}(${value.container}, ${value.key});`,
  ];
  return value.isOptional ? lines : ["{", ...indent(lines), "}"];
}

/** What the value must be beyond its type. */
function narrowing(schema: Schema, value: Value): string[] {
  const { code } = value;
  if (schema.kind === "number") {
    return schema.bounds.flatMap(({ operator, limit }) =>
      throwIf(`${code} ${opposite[operator]} ${limit}`, value, `must be ${inWords[operator]} ${limit}`),
    );
  }
  if (schema.kind === "string") {
    const { minLength = 0, maxLength, pattern } = schema;
    return [
      ...(minLength === 1 ? throwIf(`${code} === ""`, value, "must not be empty") : []),
      ...(minLength > 1 ? throwIf(`isShorterThan(${code}, ${minLength})`, value, `must have at least ${counted(minLength, "character")}`) : []),
      ...(maxLength === undefined ? [] : throwIf(`isLongerThan(${code}, ${maxLength})`, value, `must have at most ${counted(maxLength, "character")}`)),
      ...(pattern === undefined ? [] : throwIf(`!${new RegExp(pattern, "u")}.test(${code})`, value, `must match ${pattern}`)),
    ];
  }
  if (schema.kind !== "array") return [];
  const { minItems = 0, maxItems, items } = schema;
  const depth = value.depth + 1;
  const [index, item] = depth === 1 ? ["index", "item"] : [`index${depth}`, `item${depth}`];
  const at = `step(${value.at}, ${index})`;
  const checks = statements(items, { ...value, code: item, container: code, key: index, at, isOptional: false, depth });
  const isItemRead = items.kind !== "int64";
  const loop = isItemRead
    ? `for (const [${index}, ${item}] of ${code}.entries()) {`
    : `for (const ${index} of ${code}.keys()) {`;
  return [
    ...(minItems > 0 ? throwIf(`${code}.length < ${minItems}`, value, `must have at least ${counted(minItems, "item")}`) : []),
    ...(maxItems === undefined ? [] : throwIf(`${code}.length > ${maxItems}`, value, `must have at most ${counted(maxItems, "item")}`)),
    ...(checks.length === 0 ? [] : [loop, ...indent(checks), "}"]),
  ];
}

function eitherStatements(variants: Schema[], value: Value): string[] {
  const inner = variants.map((variant) =>
    variant.kind === "named" || variant.kind === "int64" ? statements(variant, value) : narrowing(variant, value),
  );
  const reason = `must be ${variants.map(nameOf).join(" or ")}`;
  if (inner.every((checks) => checks.length === 0)) {
    const conditions = variants.map((variant) => isNot(variant, value.code)).map(parenthesise);
    return throwIf(conditions.join(" && "), withoutContent(value, variants), reason);
  }
  const narrowed = variants.map((variant, index) => ({ variant, checks: inner[index] ?? [] }));
  const plain = narrowed.filter(({ checks }) => checks.length === 0).map(({ variant }) => isNot(variant, value.code));
  return [
    ...narrowed.filter(({ checks }) => checks.length > 0).flatMap(({ variant, checks }, index) => [
      `${index === 0 ? "" : "} else "}if (${is(variant, value.code)}) {`,
      ...indent(checks),
    ]),
    plain.length > 0 ? `} else if (${plain.map(parenthesise).join(" && ")}) {` : "} else {",
    `  ${throwing(withoutContent(value, variants), reason)}`,
    "}",
  ];
}

/** Where an object or an array may hold a secret, what is there instead may be that secret. */
const withoutContent = (value: Value, schemas: Schema[]): Value =>
  ({ ...value, isSecret: value.isSecret || schemas.some(({ kind }) => ["array", "free-form", "named"].includes(kind)) });

const opposite = { ">=": "<", ">": "<=", "<=": ">", "<": ">=" };
const inWords = { ">=": "at least", ">": "greater than", "<=": "at most", "<": "less than" };

function throwIf(condition: string, value: Value, reason: string): string[] {
  const line = `if (${condition}) ${throwing(value, reason)}`;
  return line.length <= 112 ? [line] : [`if (${condition}) {`, `  ${throwing(value, reason)}`, "}"];
}

const throwing = ({ isSecret, at, code }: Value, reason: string) =>
  `throw ${isSecret ? "secretFault" : "fault"}(${at}, ${spell(reason)}, ${code});`;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const atStep = (at: string, name: string) => {
  const token = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return `\`\${${at}}/${spell(token).slice(1, -1).replace(/`|\$\{/g, "\\$&")}\``;
};
