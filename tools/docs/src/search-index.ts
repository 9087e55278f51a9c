import MiniSearch from "minisearch";
import { type OpenApi, operationsOf } from "./contract-texts.ts";
import type { Section } from "./markdown.ts";

/** A page as the search sees it. */
export interface SearchedPage {
  /** Its file, such as `outcomes.html`. */
  page: string;
  title: string;
  sections: Section[];
}

/** Indexes the sections of all pages of one language. */
export function indexPages(found: SearchedPage[]): MiniSearch {
  const index = new MiniSearch({
    fields: ["heading", "text"],
    storeFields: ["title", "heading"],
    tokenize: wordsOf,
    processTerm: (term) => term.toLowerCase().replaceAll("ё", "е"),
  });
  // Two headings of a reference can have the same name.
  const addresses = new Set<string>();
  for (const { page, title, sections } of found) {
    for (const { id, heading, text } of sections) {
      const address = `${page}#${id}`;
      // A re-export has no text of its own.
      if (addresses.has(address) || text.trim().startsWith("Re-exports")) continue;
      addresses.add(address);
      index.add({ id: address, title, heading, text });
    }
  }
  return index;
}

/** One section for each operation, under the address that Redoc gives it. */
export function sectionsOf(contract: OpenApi): Section[] {
  return operationsOf(contract).map(({ tags, operationId, summary, description, responses }) => ({
    id: `/${tags[0]?.toLowerCase()}/${operationId}`,
    heading: summary,
    text: `${description} ${JSON.stringify(responses)}`,
  }));
}

/**
 * Splits a text into words as `static/site.js` splits a query: `TXN_DUPLICATE` is one word. A word with a hyphen is
 * also found without it.
 */
function wordsOf(text: string): string[] {
  const words = text.split(/[^\p{L}\p{N}_]+/u);
  const joined = [...text.matchAll(/\p{L}+(?:-\p{L}+)+/gu)].map(([word]) => word.replaceAll("-", ""));
  return [...words, ...joined].filter(Boolean);
}
