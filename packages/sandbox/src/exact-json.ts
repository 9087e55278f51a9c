/** A number of a JSON text, with its digits. */
interface RawNumber {
  readonly rawJSON: string;
}

/** Declared here, because the libraries of TypeScript 7 have no declaration of them. Node has them since version 21. */
const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: { source: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
};

/** Reads JSON. Numbers keep their digits, and `JSON.stringify` writes them as they were. */
export const readExactJson = (text: string): unknown =>
  parse(text, (_, value, { source }) => (typeof value === "number" ? rawJSON(source) : value));

/** The number with these digits, for `JSON.stringify`. */
export const numberOf = rawJSON;

/** The digits of a number that `readExactJson` returned; undefined for any other value. */
export const digitsOf = (value: unknown): string | undefined => (isRawJSON(value) ? value.rawJSON : undefined);
