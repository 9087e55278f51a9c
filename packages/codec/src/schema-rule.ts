import type { JsonType } from "./json-value.ts";

/** What the contract says about one place in a document. Plain data: `read.ts` and `write.ts` know each kind. */
export type Schema = Rule & {
  /** The most likely JSON type of the value. */
  readonly type: JsonType | undefined;
  /** Every JSON type that the value can have. */
  readonly types: readonly JsonType[];
  /** The first demand on the value, such as `must be a string`. */
  readonly expected: string;
  /** Whether the property with this schema may be absent. */
  readonly isOptional: boolean;
  /** What the property with this schema does in an answer. */
  readonly role: Role;
};

/**
 * What a property does in an answer: it decides; it decides nothing (`x-decides: false`); or it repeats a value of the
 * request (`x-echo`).
 */
export type Role = "decides" | "decides-nothing" | "echo";

export type Rule =
  | { readonly kind: "any" | "null" | "boolean" | "freeForm"; readonly rule?: undefined }
  | { readonly kind: "string"; readonly rule: StringRule }
  | { readonly kind: "number" | "integer"; readonly rule: NumberRule }
  | { readonly kind: "int64"; readonly rule: Int64Rule }
  | { readonly kind: "literals"; readonly rule: readonly Choice[] }
  | { readonly kind: "array"; readonly rule: ArrayRule }
  | { readonly kind: "either"; readonly rule: ReadonlyMap<string | undefined, Schema> }
  | { readonly kind: "secret"; readonly rule: Schema }
  | { readonly kind: "named"; readonly rule: () => Schema }
  | { readonly kind: "object"; readonly rule: ObjectRule }
  | { readonly kind: "union"; readonly rule: UnionRule };

/** The kinds of schema that the contract narrows no further. */
export type OpenKind = "any" | "null" | "boolean" | "freeForm";

export type Literal = string | number | boolean | null;

/** The limits of a text. Lengths count Unicode code points. */
export interface StringLimits {
  minLength?: number;
  maxLength?: number;
  /** A regular expression of ECMA-262, read with the flag `u`. */
  pattern?: string;
}

/** The limits of a number that a double holds. */
export interface NumberLimits {
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
}

/** The limits of a 64-bit integer. */
export interface Int64Limits {
  minimum?: bigint;
  maximum?: bigint;
}

export interface ArrayLimits {
  minItems?: number;
  maxItems?: number;
}

export interface StringRule {
  readonly minLength: number;
  readonly maxLength: number;
  /** The pattern as the contract spells it: a `RegExp` would spell it with escapes of its own. */
  readonly pattern: string | undefined;
  readonly regExp: RegExp | undefined;
}

export type NumberRule = Readonly<Required<NumberLimits>>;

export type NumberSchema = Schema & { readonly kind: "number" | "integer" };

export interface Int64Rule extends Readonly<Required<Int64Limits>> {
  /** Both limits in words. */
  readonly range: string;
}

export interface ArrayRule extends Readonly<Required<ArrayLimits>> {
  readonly items: Schema;
}

export interface ObjectRule {
  /** In the order of the contract. */
  readonly properties: readonly ObjectProperty[];
  /** The index of each property by its name. */
  readonly places: ReadonlyMap<string, number>;
  readonly requiredCount: number;
  /** What the object holds beside its properties: nothing (`false`), values of a schema, or values without meaning. */
  readonly additional: Schema | false | undefined;
}

export interface ObjectProperty {
  readonly name: string;
  /** The name as most texts spell it, with its colon. */
  readonly spelled: string;
  /** JSON Pointer to it from its object. */
  readonly pointer: string;
  readonly schema: Schema;
}

export interface Choice {
  readonly value: Literal;
  /** The JSON text of a string; undefined for other values, whose text can be the start of another value. */
  readonly spelled: string | undefined;
}

export interface Variant extends Choice {
  readonly schema: Schema;
}

export interface UnionRule {
  readonly tag: string;
  /** The tag's name as most texts spell it, with its colon. */
  readonly spelled: string;
  readonly variants: readonly Variant[];
  /** The demand on the tag. */
  readonly expected: string;
}
