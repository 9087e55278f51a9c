import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/** Members whose values are shown outside of code. */
const shownMembers = ["enum", "const", "operationId", "title", "name", "email", "url", "version", "identifier"];

/** Members of an OpenAPI document that name nothing of the contract. */
const structure = /^(description|summary|required|example|value|request|responses?|or|and)$/;

/** Words of the contract: names of schemas, members, operations and statuses, and values shown outside of code. */
const contractWords = new Set<string>();
const collect = (value: unknown, key = ""): void => {
  if (typeof value === "string" && shownMembers.includes(key)) {
    for (const word of value.split(/\s+/)) contractWords.add(word);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (/^[\w./-]+$/.test(name) && !structure.test(name)) contractWords.add(name);
    collect(inner, Array.isArray(value) ? key : name);
  }
};
collect(JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json")), "utf8")));

/** Words of HTTP, JSON Schema and the page itself that are the same in every language. */
const untranslatedWords = new Set(
  (
    "string integer number object boolean null int32 int64 double uri " +
    "post url mit http redoc esc ctrl k english zzzz"
  ).split(" "),
);

/**
 * The texts of a page that contain no Russian but have words that are not the contract's. Includes the texts that only
 * a screen reader reads.
 */
export async function foreignWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (!text.parentElement?.closest("pre, code, script, style")) found.push(text.data.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      for (const name of ["aria-label", "placeholder", "title", "alt"])
        found.push(element.getAttribute(name)?.trim() ?? "");
    }
    return found;
  });
  return texts.filter((text) => !/[а-яё]/i.test(text) && wordsOf(text).some(isForeign));
}

/** The words of two letters or more, without web addresses. */
const wordsOf = (text: string): string[] => text.replace(/^https:\/\/\S+/, "").match(/[a-z]{2,}[\w./@-]*/gi) ?? [];

const isForeign = (word: string): boolean => !untranslatedWords.has(word.toLowerCase()) && !contractWords.has(word);
