import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Language } from "./language.ts";

/** The drawings of the site, with the folder of each in the repository. */
const folders = { "data-flow.svg": "tools/docs/content/", "states.svg": "packages/retry-queue/" };
export type Drawing = keyof typeof folders;
export const drawings = Object.keys(folders) as Drawing[];

const root = new URL("../../../", import.meta.url);

/**
 * Reads a drawing and translates its texts with `content/drawings.LANGUAGE.yaml`.
 *
 * @throws {Error} When a text has no translation
 */
export function readDrawing(name: Drawing, language: Language): string {
  const svg = readFileSync(new URL(folders[name] + name, root), "utf8");
  if (language === "en") return svg;
  const file = `content/drawings.${language}.yaml`;
  const path = fileURLToPath(new URL(`tools/docs/${file}`, root));
  const dictionary = parse(readFileSync(path, "utf8")) as Record<string, string>;
  return svg.replaceAll(/(<(?:text|tspan|title)\b[^>]*>)([^<]+)(?=<)/g, (_, tag: string, text: string) => {
    const translated = dictionary[text.trim().replaceAll(/\s+/g, " ")];
    if (translated === undefined) throw new Error(`docs: ${file} has no "${text.trim()}" of ${name}`);
    return tag + translated;
  });
}
