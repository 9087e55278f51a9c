import { readFileSync } from "node:fs";

export const readReadme = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The TypeScript block of a README with this index, counted from 0. */
export function readCode(path: string, index = 0): string {
  const blocks = [...readReadme(path).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const code = blocks[index];
  if (code === undefined) throw new Error(`Cannot read code block ${index} of ${path}: it has ${blocks.length}`);
  // Makes the code a module even if it imports nothing.
  return `${code}export {};\n`;
}

/** The merchant's quickstart: buys the card of the contract's examples from PARTNER_URL with PARTNER_TOKEN. */
export const quickstart = readCode("packages/client/README.md");
