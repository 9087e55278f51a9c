import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import MiniSearch from "minisearch";
import { parse } from "yaml";
import { buildApiPage, bundleContract } from "./api-page.ts";
import { type OpenApi, operationsOf } from "./contract-texts.ts";
import { type Language, languages, texts } from "./language.ts";
import { entrance, layout } from "./layout.ts";
import { createMarkdown, type Section } from "./markdown.ts";
import { pages } from "./pages.ts";
import { buildReference } from "./reference.ts";
import { table } from "./tables.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = fileURLToPath(new URL("../", import.meta.url));

/** The words of a text, as the page's script takes those of a query: `TXN_DUPLICATE` is one, and so is the joined form of a word with a hyphen. */
const wordsOf = (text: string): string[] => [...text.split(/[^\p{L}\p{N}_]+/u), ...[...text.matchAll(/\p{L}+(?:-\p{L}+)+/gu)].map(([word]) => word.replaceAll("-", ""))].filter(Boolean);

/** Builds the whole site into a folder that is new, empty, or holds an earlier site, and tells of each step. Throws for another folder. */
export async function buildSite(out: string, onLine: (line: string) => void = () => {}): Promise<void> {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, "assets/site.css"))) throw new Error(`docs: ${out} holds something else than a site; choose an empty folder, or a new one`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "assets"), { recursive: true });
  for (const name of ["site.css", "site.js"]) cpSync(join(here, "static", name), join(out, "assets", name));
  cpSync(fileURLToPath(new URL("../umd/index.js", import.meta.resolve("minisearch"))), join(out, "assets/minisearch.js"));
  writeFileSync(join(out, "index.html"), entrance());
  onLine("reference of the packages");
  const references = await buildReference();
  for (const language of languages) {
    onLine(`pages in ${texts[language].name}`);
    const { contract, text } = await bundleContract(language);
    const folder = join(out, language);
    mkdirSync(folder);
    writeFileSync(join(folder, "openapi.json"), text);
    for (const picture of ["data-flow.svg", "states.svg"]) writeFileSync(join(folder, picture), drawing(picture, language));
    const render = await createMarkdown(language);
    const found: { page: string; title: string; sections: Section[] }[] = [];
    const write = (slug: string, markdown: string) => {
      const rendered = render(markdown);
      // TypeDoc numbers an anchor for a namesake that has no heading in the end.
      rendered.html = rendered.html.replaceAll(/href="#([\w-]+)-\d+"/g, (link, id: string) => (rendered.html.includes(link.replace('href="#', 'id="')) ? link : `href="#${id}"`));
      writeFileSync(join(folder, `${slug}.html`), layout(slug, language, rendered, contract.info.version));
      found.push({ page: `${slug}.html`, title: rendered.title, sections: rendered.sections });
    };
    for (const { slug } of pages.filter((page) => page.slug !== "api")) {
      const content = readFileSync(join(here, "content", language, `${slug}.md`), "utf8");
      write(slug, content.replaceAll(/<!-- (\w+)(.*?) -->/g, (_, name: string, args: string) => table(name, args.split(" ").filter(Boolean), language, contract)));
    }
    for (const { slug, markdown } of references) write(slug, markdown);
    writeFileSync(join(folder, "api.html"), await buildApiPage(contract, language));
    found.push({ page: "api.html", title: texts[language].api, sections: sectionsOf(contract) });
    writeFileSync(join(folder, "search.js"), `searchIndex = ${JSON.stringify(JSON.stringify(indexOf(found)))};\n`);
  }
}

/** A section of the contract's page: an operation, under the address that Redoc gives it. */
function sectionsOf(contract: OpenApi): Section[] {
  return operationsOf(contract).map((operation) => ({ id: `/${operation.tags[0]?.toLowerCase()}/${operation.operationId}`, heading: operation.summary, text: `${operation.description} ${JSON.stringify(operation.responses)}` }));
}

function indexOf(found: { page: string; title: string; sections: Section[] }[]): MiniSearch {
  const index = new MiniSearch({ fields: ["heading", "text"], storeFields: ["title", "heading"], tokenize: wordsOf, processTerm: (term) => term.toLowerCase().replaceAll("ё", "е") });
  // Two headings of a reference may have one name.
  const ids = new Set<string>();
  for (const { page, title, sections } of found) {
    for (const { id, heading, text } of sections) {
      const address = `${page}#${id}`;
      // Of a re-export there is nothing to tell.
      if (ids.has(address) || text.trim().startsWith("Re-exports")) continue;
      ids.add(address);
      index.add({ id: address, title, heading, text });
    }
  }
  return index;
}

/** A drawing in a language: the Russian texts of both are in `content/drawings.ru.yaml`. Throws when one is missing. */
function drawing(name: string, language: Language): string {
  const file = name === "states.svg" ? join(root, "packages/retry-queue", name) : join(here, "content", name);
  const svg = readFileSync(file, "utf8");
  if (language === "en") return svg;
  const dictionary: Record<string, string> = parse(readFileSync(join(here, `content/drawings.${language}.yaml`), "utf8"));
  return svg.replaceAll(/(<(?:text|tspan|title)\b[^>]*>)([^<]+)(?=<)/g, (_, tag: string, text: string) => {
    const translated = dictionary[text.trim()];
    if (translated === undefined) throw new Error(`docs: content/drawings.${language}.yaml has no "${text.trim()}" of ${name}`);
    return tag + translated;
  });
}
