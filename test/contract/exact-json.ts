// oxlint-disable-next-line typescript/no-explicit-any -- JSON of any shape; the tests assert on its members
export type Json = any;

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Parses JSON. An integer that a `number` cannot hold becomes a `bigint`, so that an int64 keeps every digit. */
export const parse = (text: string): Json => JSON.parse(text, restore);

/** Prints JSON. A `bigint` becomes an integer, digit for digit. */
export const print = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? rawJSON(String(each)) : each), indent);

const restore = ((_: string, value: unknown, { source }: { source: string }) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(source) : value) as (
  key: string,
  value: unknown,
) => unknown;
