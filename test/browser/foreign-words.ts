import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/** What the contract names: schemas, members, operations and statuses; and its values that are shown outside of code. */
const named = new Set<string>();
const collect = (value: unknown, key = ""): void => {
  if (typeof value === "string") for (const word of ["enum", "const", "operationId", "title", "name", "email", "url", "version", "identifier"].includes(key) ? value.split(/\s+/) : []) named.add(word);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (/^[\w./-]+$/.test(name) && !/^(description|summary|required|example|value|request|responses?|or|and)$/.test(name)) named.add(name);
    collect(inner, Array.isArray(value) ? key : name);
  }
};
collect(JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json")), "utf8")));

/** Words of the wire and of JSON Schema, which are the same in every language. */
const spoken = /^(string|integer|number|object|boolean|null|int32|int64|double|uri|post|url|mit|http|redoc|esc|ctrl|k|english|zzzz)$/i;

/** The texts of a page, and those that only a screen reader tells, with words in them that are neither Russian nor the contract's. */
export async function foreignWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (!text.parentElement?.closest("pre, code, script, style")) found.push(text.data.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      for (const name of ["aria-label", "placeholder", "title", "alt"]) found.push(element.getAttribute(name)?.trim() ?? "");
    }
    return found;
  });
  return texts.filter((text) => !/[а-яё]/i.test(text)).filter((text) => text.replace(/^https:\/\/\S+/, "").match(/[a-z]{2,}[\w./@-]*/gi)?.some((word) => !spoken.test(word) && !named.has(word)));
}
