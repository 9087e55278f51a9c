export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

/** Names the JSON type of a value. A `bigint` is a number; `undefined` and functions have no JSON type. */
export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return (typeof value === "bigint" ? "number" : typeof value) as JsonType;
}

/** Adds a member to an object, whatever its name: `__proto__` is a name like any other. */
export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
