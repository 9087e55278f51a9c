import type { OpenApi } from "../contract-texts.ts";
import type { Language } from "../language.ts";

export interface TableContext {
  /** The words after the name in `<!-- NAME … -->`. */
  args: string[];
  language: Language;
  contract: OpenApi;
  /** Picks the text in the language of the page. */
  t: (en: string, ru: string) => string;
}

/** Prints the Markdown that replaces one placeholder of the content. */
export type TableMaker = (context: TableContext) => string;
