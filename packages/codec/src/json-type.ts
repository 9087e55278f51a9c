export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

/** Names the JSON type of a value. A `bigint` is a number; `undefined` and functions have no JSON type. */
export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return (typeof value === "bigint" ? "number" : typeof value) as JsonType;
}
