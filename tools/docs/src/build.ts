import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildApiPage } from "./api-page.ts";
import { bundleContract } from "./contract-bundle.ts";
import type { OpenApi } from "./contract-texts.ts";
import { drawings, readDrawing } from "./drawing.ts";
import { type Language, languages, texts } from "./language.ts";
import { entrance, layout } from "./layout.ts";
import { createMarkdown, type Rendered } from "./markdown.ts";
import { pages } from "./pages.ts";
import { buildReference, type ReferencePage } from "./reference.ts";
import { indexPages, type SearchedPage, sectionsOf } from "./search-index.ts";
import { printTable } from "./tables.ts";

const here = fileURLToPath(new URL("../", import.meta.url));

/**
 * Builds the whole site into a folder that is new, empty, or contains an earlier site.
 *
 * @param onLine Receives the name of each step
 * @throws {Error} When the folder contains anything else, or when a text or a docstring is faulty
 */
export async function buildSite(out: string, onLine: (line: string) => void = () => {}): Promise<void> {
  clear(out);
  writeAssets(out);
  onLine("reference of the packages");
  const references = await buildReference();
  for (const language of languages) {
    onLine(`pages in ${texts[language].name}`);
    await buildLanguage(out, language, references);
  }
}

function clear(out: string): void {
  const isForeign = existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, "assets/site.css"));
  if (isForeign) throw new Error(`docs: ${out} contains other files than a site; choose a new or empty folder`);
  rmSync(out, { recursive: true, force: true });
}

function writeAssets(out: string): void {
  mkdirSync(join(out, "assets"), { recursive: true });
  for (const name of ["site.css", "site.js"]) cpSync(join(here, "static", name), join(out, "assets", name));
  const minisearch = fileURLToPath(new URL("../umd/index.js", import.meta.resolve("minisearch")));
  cpSync(minisearch, join(out, "assets/minisearch.js"));
  writeFileSync(join(out, "index.html"), entrance());
  for (const file of ["answers", "numbers", "signatures"]) {
    const vectors = fileURLToPath(import.meta.resolve(`@codegames/contract/vectors/${file}.json`));
    cpSync(vectors, join(out, `vectors/${file}.json`));
  }
}

async function buildLanguage(out: string, language: Language, references: ReferencePage[]): Promise<void> {
  const folder = join(out, language);
  mkdirSync(folder);
  const { contract, text } = await bundleContract(language);
  writeFileSync(join(folder, "openapi.json"), text);
  for (const name of drawings) writeFileSync(join(folder, name), readDrawing(name, language));
  const render = await createMarkdown(language);
  const found: SearchedPage[] = [];
  const contents = pages
    .filter(({ slug }) => slug !== "api")
    .map(({ slug }) => ({ slug, markdown: readContent(slug, language, contract) }));
  for (const { slug, markdown } of [...contents, ...references]) {
    const rendered = withoutDanglingNumbers(render(markdown));
    writeFileSync(join(folder, `${slug}.html`), layout(slug, language, rendered, contract.info.version));
    found.push({ page: `${slug}.html`, title: rendered.title, sections: rendered.sections });
  }
  writeFileSync(join(folder, "api.html"), await buildApiPage(contract, language));
  found.push({ page: "api.html", title: texts[language].api, sections: sectionsOf(contract) });
  // A script, because a page that is opened from disk may not fetch.
  writeFileSync(join(folder, "search.js"), `searchIndex = ${JSON.stringify(JSON.stringify(indexPages(found)))};\n`);
}

/** Reads the Markdown of a page, and replaces its placeholders `<!-- NAME … -->`. */
function readContent(slug: string, language: Language, contract: OpenApi): string {
  const content = readFileSync(join(here, "content", language, `${slug}.md`), "utf8");
  return content.replaceAll(/<!-- (\w+)(.*?) -->/g, (_, name: string, args: string) =>
    printTable(name, args.split(" ").filter(Boolean), language, contract),
  );
}

/** TypeDoc numbers the anchor of a namesake, such as `#pay-1`, even where only one of them has a heading. */
function withoutDanglingNumbers(rendered: Rendered): Rendered {
  const html = rendered.html.replaceAll(/href="#([\w-]+)-\d+"/g, (link, id: string) => {
    const hasHeading = rendered.html.includes(link.replace('href="#', 'id="'));
    return hasHeading ? link : `href="#${id}"`;
  });
  return { ...rendered, html };
}
