/** JSON as the bundler leaves it; integers beyond 2^53 are `bigint`. */
export type Json = string | number | bigint | boolean | null | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

/** A contract in one piece: every reference points into it. */
export interface Document {
  root: JsonObject;
  /** Where the value at a JSON Pointer was written, such as `spec/schemas/Price.yaml:7`. */
  sourceOf(pointer: string): string | undefined;
}

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
