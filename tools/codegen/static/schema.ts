import type { JsonType } from "./reader.ts";

/** What the contract says of one place of a document. Plain data: `read.ts` and `write.ts` know what each kind means. */
export type Schema = Rule & {
  /** The JSON type that its values mostly have. */
  readonly type: JsonType | undefined;
  /** The JSON types of which it takes some value. */
  readonly types: readonly JsonType[];
  /** What a value must be above all, such as `must be a string`. */
  readonly expected: string;
  /** Whether the property that has it may be absent. */
  readonly isOptional: boolean;
};

type Rule =
  | { readonly kind: "plain"; readonly rule?: undefined }
  | { readonly kind: "string"; readonly rule: StringRule }
  | { readonly kind: "number"; readonly rule: NumberRule }
  | { readonly kind: "int64"; readonly rule: Int64Rule }
  | { readonly kind: "literals"; readonly rule: readonly Choice[] }
  | { readonly kind: "array"; readonly rule: ArrayRule }
  | { readonly kind: "either"; readonly rule: ReadonlyMap<string | undefined, Schema> }
  | { readonly kind: "secret"; readonly rule: Schema }
  | { readonly kind: "named"; readonly rule: () => Schema }
  | { readonly kind: "object"; readonly rule: ObjectRule }
  | { readonly kind: "union"; readonly rule: UnionRule };

export type Literal = string | number | boolean | null;

/** Lengths are in Unicode code points. */
export interface StringRule {
  readonly minLength: number;
  readonly maxLength: number;
  /** As the contract has it; a `RegExp` would give it back with escapes of its own. */
  readonly pattern: string | undefined;
  readonly regExp: RegExp | undefined;
}

interface Bounds {
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

export interface NumberRule extends Required<Bounds> {
  readonly isInteger: boolean;
}

export interface Int64Rule {
  readonly minimum: bigint;
  readonly maximum: bigint;
  /** Both in words. */
  readonly range: string;
}

export interface ArrayRule {
  readonly items: Schema;
  readonly minItems: number;
  readonly maxItems: number;
}

export interface ObjectRule {
  /** In the order of the contract; `spelled` is the name as it mostly stands in the text, with its colon. */
  readonly members: readonly { readonly name: string; readonly spelled: string; readonly schema: Schema }[];
  readonly places: ReadonlyMap<string, number>;
  /** How many of them must be there. */
  readonly required: number;
  /** What the members are that it does not list: refused, as a schema says, or of no interest. */
  readonly others: Schema | false | undefined;
}

export interface Choice {
  readonly value: Literal;
  /** Its JSON text; of a text only, since of other values it may be the beginning of another. */
  readonly spelled: string | undefined;
}

export interface Variant extends Choice {
  readonly schema: Schema;
}

export interface UnionRule {
  readonly tag: string;
  /** The name as it mostly stands in the text, with its colon. */
  readonly spelled: string;
  readonly variants: readonly Variant[];
  /** What the tag must be. */
  readonly expected: string;
}

// Every schema has the same hidden class: reading and writing look at nothing else.
const schema = ({ kind, rule }: Rule, types: readonly JsonType[], expected: string, isOptional = false) =>
  ({ kind, rule, type: types[0], types, expected: `must be ${expected}`, isOptional }) as Schema;

/** A property that may be absent. */
export const optional = (of: Schema): Schema => ({ ...of, isOptional: true });

/** `null` too. Goes inside of a secret, not around it. */
export const nullable = (of: Schema): Schema => ({ ...of, types: [...of.types, "null"], expected: `${of.expected} or null` });

/** Any value: the contract says nothing of it. */
export const any = /* @__PURE__ */ schema({ kind: "plain" }, ["object", "array", "string", "number", "boolean", "null"], "a value");

/** `null`. */
export const nothing = /* @__PURE__ */ schema({ kind: "plain" }, ["null"], "null");

export const boolean = /* @__PURE__ */ schema({ kind: "plain" }, ["boolean"], "a boolean");

/** An object of whose members the contract says nothing. */
export const freeForm = /* @__PURE__ */ schema({ kind: "plain" }, ["object"], "an object");

export const string = ({ minLength = 0, maxLength = Infinity, pattern }: { minLength?: number; maxLength?: number; pattern?: string } = {}) =>
  schema({ kind: "string", rule: { minLength, maxLength, pattern, regExp: pattern === undefined ? undefined : new RegExp(pattern, "u") } }, ["string"], "a string");

/** A number that a double holds. */
export const number = (bounds?: Bounds) => schema({ kind: "number", rule: numberRule(false, bounds) }, ["number"], "a finite number");

/** A number without a fraction. */
export const integer = (bounds?: Bounds) => schema({ kind: "number", rule: numberRule(true, bounds) }, ["number"], "an integer");

const numberRule = (
  isInteger: boolean,
  { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity }: Bounds = {},
): NumberRule => ({ isInteger, minimum, exclusiveMinimum, maximum, exclusiveMaximum });

/** An integer of 64 bits, as a `bigint`. */
export function int64({ minimum = -(2n ** 63n), maximum = 2n ** 63n - 1n }: { minimum?: bigint; maximum?: bigint } = {}): Schema {
  const range = `from ${minimum} to ${maximum}`;
  return schema({ kind: "int64", rule: { minimum, maximum, range } }, ["number"], `an integer ${range}`);
}

/** One of the values (`const`, `enum`). */
export const literals = (...values: readonly Literal[]) =>
  schema(
    { kind: "literals", rule: values.map(choiceOf) },
    values.map((value) => (value === null ? "null" : typeof value) as JsonType),
    list(values),
  );

const choiceOf = (value: Literal): Choice => ({ value, spelled: typeof value === "string" ? JSON.stringify(value) : undefined });

const list = (values: readonly Literal[]) => values.map((value) => JSON.stringify(value)).join(" or ");

export const array = (items: Schema, { minItems = 0, maxItems = Infinity }: { minItems?: number; maxItems?: number } = {}) =>
  schema({ kind: "array", rule: { items, minItems, maxItems } }, ["array"], "an array");

/** One of several schemas of different JSON types. */
export const either = (...variants: readonly Schema[]) =>
  schema(
    { kind: "either", rule: new Map(variants.flatMap((variant) => variant.types.map((type) => [type, variant]))) },
    variants.flatMap(({ types }) => types),
    variants.map(({ expected }) => expected.slice("must be ".length)).join(" or "),
  );

/**
 * A value that is not shown (`x-secret`). `null` stays as it is: it hides nothing; in an optional property it is absent,
 * and so is an empty text.
 */
export const secret = (of: Schema): Schema => ({ ...of, kind: "secret", rule: of }) as Schema;

/** An object or a union that has a name: made once, when it is first needed, since it may contain itself. */
export function named(make: () => Schema): Schema {
  let made: Schema | undefined;
  return schema({ kind: "named", rule: () => (made ??= make()) }, ["object"], "an object");
}

/** From now on the schema is what its name stands for. */
export const settle = (named: Schema & { kind: "named" }): Schema => {
  const { kind, rule } = named.rule();
  return Object.assign(named as Schema, { kind, rule });
};

/**
 * An object; no property may have a name of `Object.prototype`. A member that it does not list is refused (`false`) or is as another schema says; otherwise it is kept as a
 * secret when it is read, since nobody has said that it is none, and not written.
 */
export function object(properties: Readonly<Record<string, Schema>>, others?: Schema | false): Schema {
  const members = Object.entries(properties).map(([name, schema]) => ({ name, spelled: `${JSON.stringify(name)}:`, schema }));
  const places = new Map(members.map(({ name }, place) => [name, place]));
  const required = members.filter(({ schema }) => !schema.isOptional).length;
  return schema({ kind: "object", rule: { members, places, required, others } }, ["object"], "an object");
}

/**
 * Objects told apart by the value of one member: each with its values. Each must require the member, with exactly these
 * literals, and no two may share one: an object that reads as the first is taken for it without a look at the others.
 */
export function union(tag: string, ...objects: readonly (readonly [Schema, ...Literal[]])[]): Schema {
  const variants = objects.flatMap(([schema, ...values]) => values.map((value): Variant => ({ ...choiceOf(value), schema })));
  const expected = `must be ${list(variants.map(({ value }) => value))}`;
  return schema({ kind: "union", rule: { tag, spelled: `${JSON.stringify(tag)}:`, variants, expected } }, ["object"], "an object");
}
