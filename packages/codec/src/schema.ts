import { escapeToken } from "./json-pointer.ts";
import type { JsonType } from "./json-value.ts";
import type {
  ArrayLimits,
  Choice,
  Int64Limits,
  Literal,
  NumberLimits,
  ObjectProperty,
  Rule,
  Schema,
  StringLimits,
  UnionRule,
  Variant,
} from "./schema-rule.ts";

export type * from "./schema-rule.ts";

// Every schema has the same hidden class: `read` and `write` look at no other object on the hot path.
const schema = ({ kind, rule }: Rule, types: readonly JsonType[], expected: string) =>
  ({
    kind,
    rule,
    type: types[0],
    types,
    expected: `must be ${expected}`,
    isOptional: false,
    role: "decides",
  }) as Schema;

/** Lets the property with this schema be absent. */
export const optional = (of: Schema): Schema => ({ ...of, isOptional: true });

/** Lets a reader of answers do without the property with this schema (`x-decides: false`). */
export const decidesNothing = (of: Schema): Schema => ({ ...of, role: "decides-nothing" });

/** Marks the property of an answer that repeats a value of the request (`x-echo`). */
export const echo = (of: Schema): Schema => ({ ...of, role: "echo" });

/** Also accepts null. Write `secret(nullable(x))`, never `nullable(secret(x))`. */
export const nullable = (of: Schema): Schema => ({
  ...of,
  types: [...of.types, "null"],
  expected: `${of.expected} or null`,
});

const jsonTypes = ["object", "array", "string", "number", "boolean", "null"] as const;

/** Any JSON value. */
export const any = /* @__PURE__ */ schema({ kind: "any" }, jsonTypes, "a value");

const nullSchema = /* @__PURE__ */ schema({ kind: "null" }, ["null"], "null");
export { nullSchema as null };

export const boolean = /* @__PURE__ */ schema({ kind: "boolean" }, ["boolean"], "a boolean");

/** An object with any members. */
export const freeForm = /* @__PURE__ */ schema({ kind: "freeForm" }, ["object"], "an object");

/** A text. */
export const string = ({ minLength = 0, maxLength = Infinity, pattern }: StringLimits = {}) => {
  const regExp = pattern === undefined ? undefined : new RegExp(pattern, "u");
  return schema({ kind: "string", rule: { minLength, maxLength, pattern, regExp } }, ["string"], "a string");
};

/** A finite number that a double holds. */
export const number = (limits?: NumberLimits) => numeric("number", "a finite number", limits);

/** A number without a fraction that a double holds. */
export const integer = (limits?: NumberLimits) => numeric("integer", "an integer", limits);

const noLimits = { minimum: -Infinity, exclusiveMinimum: -Infinity, maximum: Infinity, exclusiveMaximum: Infinity };

const numeric = (kind: "number" | "integer", expected: string, limits?: NumberLimits) =>
  schema({ kind, rule: { ...noLimits, ...limits } }, ["number"], expected);

/** A 64-bit integer, as a `bigint`. */
export function int64({ minimum = -(2n ** 63n), maximum = 2n ** 63n - 1n }: Int64Limits = {}): Schema {
  const range = `from ${minimum} to ${maximum}`;
  return schema({ kind: "int64", rule: { minimum, maximum, range } }, ["number"], `an integer ${range}`);
}

/** One of these values (`const`, `enum`). */
export const literals = (...values: readonly Literal[]) =>
  schema(
    { kind: "literals", rule: values.map(choiceOf) },
    values.map((value) => (value === null ? "null" : typeof value) as JsonType),
    list(values),
  );

const choiceOf = (value: Literal): Choice => ({
  value,
  spelled: typeof value === "string" ? JSON.stringify(value) : undefined,
});

const list = (values: readonly Literal[]) => values.map((value) => JSON.stringify(value)).join(" or ");

/** A list of values of one schema. */
export const array = (items: Schema, { minItems = 0, maxItems = Infinity }: ArrayLimits = {}) =>
  schema({ kind: "array", rule: { items, minItems, maxItems } }, ["array"], "an array");

/** One of several schemas, told apart by the JSON type of the value. */
export const either = (...variants: readonly Schema[]) =>
  schema(
    { kind: "either", rule: new Map(variants.flatMap((variant) => variant.types.map((type) => [type, variant]))) },
    variants.flatMap(({ types }) => types),
    variants.map(({ expected }) => expected.slice("must be ".length)).join(" or "),
  );

/**
 * A value that must not be shown (`x-secret`). `null` stays visible: it hides nothing. In an optional property `null`
 * and an empty text count as absent.
 */
export const secret = (of: Schema): Schema => ({ ...of, kind: "secret", rule: of }) as Schema;

/** An object or a union with a name. It is made when it is first needed, because it may contain itself. */
export function named(make: () => Schema): Schema {
  let made: Schema | undefined;
  return schema({ kind: "named", rule: () => (made ??= make()) }, ["object"], "an object");
}

/** Replaces a named schema by its definition, once, in place. */
export const settle = (named: Schema & { kind: "named" }): Schema => {
  const { kind, rule } = named.rule();
  return Object.assign(named as Schema, { kind, rule });
};

/**
 * An object. No property may have a name of `Object.prototype`.
 *
 * `additional` says what other members are: `false` refuses them, a schema reads and writes them. Without it they are
 * read as secrets, because the contract says nothing about them, and they are not written.
 */
export function object(properties: Readonly<Record<string, Schema>>, additional?: Schema | false): Schema {
  const listed = Object.entries(properties).map(([name, schema]): ObjectProperty => ({
    name,
    spelled: `${JSON.stringify(name)}:`,
    pointer: `/${escapeToken(name)}`,
    schema,
  }));
  const places = new Map(listed.map(({ name }, place) => [name, place]));
  const requiredCount = listed.filter(({ schema }) => !schema.isOptional).length;
  return schema(
    { kind: "object", rule: { properties: listed, places, requiredCount, additional } },
    ["object"],
    "an object",
  );
}

/**
 * Objects told apart by the value of one member, the tag: each with its values of the tag.
 *
 * Every object must require the tag with exactly these literals, and no two may share one: an object that reads as the
 * first variant is taken for it without a look at the others.
 */
export function union(tag: string, ...objects: readonly (readonly [Schema, ...Literal[]])[]): Schema {
  const variants = objects.flatMap(([schema, ...values]) =>
    values.map((value): Variant => ({ ...choiceOf(value), schema })),
  );
  const expected = `must be ${list(variants.map(({ value }) => value))}`;
  const rule: UnionRule = { tag, spelled: `${JSON.stringify(tag)}:`, variants, expected };
  return schema({ kind: "union", rule }, ["object"], "an object");
}
