/** JSON as the bundler returns it: integers beyond 2^53 are `bigint`. */
export type Json = string | number | bigint | boolean | null | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

/** A contract in one piece: every reference points into it. */
export interface Document {
  root: JsonObject;
  /** File and line of the value at a JSON Pointer, such as `spec/schemas/Price.yaml:7`. */
  sourceOf(pointer: string): string | undefined;
}

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
