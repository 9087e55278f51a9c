import type { Schema } from "../normalise/model.ts";
import { spell } from "../spell.ts";

/** Whether the value has the JSON type of the schema. */
export function is(schema: Schema, code: string): string {
  switch (schema.kind) {
    case "null":
      return `${code} === null`;
    case "literals":
      return isOneOf(code, schema.values);
    case "array":
      return `Array.isArray(${code})`;
    case "named":
    case "free-form":
      return `isObject(${code})`;
    case "int64":
      return `typeof ${code} === "number" || typeof ${code} === "bigint"`;
    case "number":
      return `typeof ${code} === "number" && Number.${schema.integer ? "isInteger" : "isFinite"}(${code})`;
    default:
      return `typeof ${code} === "${schema.kind}"`;
  }
}

/** Whether it has not. */
export function isNot(schema: Schema, code: string): string {
  switch (schema.kind) {
    case "number":
      return `typeof ${code} !== "number" || !Number.${schema.integer ? "isInteger" : "isFinite"}(${code})`;
    case "literals":
      return schema.values.map((value) => `${code} !== ${spell(value)}`).join(" && ");
    case "null":
      return `${code} !== null`;
    case "string":
    case "boolean":
      return `typeof ${code} !== "${schema.kind}"`;
    default:
      return `!${is(schema, code)}`;
  }
}

/** What the schema takes, in words. */
export function nameOf(schema: Schema): string {
  if (schema.kind === "null") return "null";
  if (schema.kind === "literals") return list(schema.values);
  if (schema.kind === "array") return "an array";
  if (schema.kind === "named" || schema.kind === "free-form") return "an object";
  if (schema.kind === "int64") return "an integer";
  if (schema.kind === "number") return schema.integer ? "an integer" : "a finite number";
  return `a ${schema.kind}`;
}

export const isOneOf = (code: string, values: unknown[]) => values.map((value) => `${code} === ${spell(value)}`).join(" || ");

export const list = (values: unknown[]) => values.map((value) => spell(value)).join(" or ");

export const parenthesise = (condition: string) => (condition.includes(" || ") ? `(${condition})` : condition);
