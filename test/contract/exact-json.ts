const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Reads JSON; an integer that a `number` cannot hold becomes a `bigint`, so that no digit of an int64 is lost. */
export const parse = (text: string): any => JSON.parse(text, restore);

/** Writes JSON; a `bigint` becomes an integer, digit for digit. */
export const print = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? rawJSON(String(each)) : each), indent);

const restore = ((_: string, value: unknown, { source }: { source: string }) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(source) : value) as (key: string, value: unknown) => unknown;
