import { readFileSync } from "node:fs";

export const readReadme = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** A TypeScript block of a README, by its place among them. */
export function codeOf(path: string, index = 0): string {
  const blocks = [...readReadme(path).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const code = blocks[index];
  if (code === undefined) throw new Error(`Cannot read code block ${index} of ${path}: it has ${blocks.length}`);
  // A module also when it imports nothing.
  return `${code}export {};\n`;
}

/** The quickstart of a merchant: buys the card of the contract's examples of PARTNER_URL with PARTNER_TOKEN. */
export const quickstart = codeOf("packages/client/README.md");
