import type { Json } from "../document.ts";

/** Prints the bundled document, integers beyond 2^53 digit for digit. */
export function printOpenapi(root: Json): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  const exact = (_: string, value: unknown) => (typeof value === "bigint" ? rawJSON(String(value)) : value);
  return `${JSON.stringify(root, exact, 2)}\n`;
}
