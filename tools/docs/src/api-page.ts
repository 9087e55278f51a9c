import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { OpenApi, Schema } from "./contract-texts.ts";
import { type Language, otherThan, texts } from "./language.ts";
import { pages } from "./pages.ts";
import { runRedocly } from "./redocly.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

const here = fileURLToPath(new URL("../", import.meta.url));

/** Pictures that Redoc's page would load from another host. */
const remoteLogos = ["https://cdn.redoc.ly/redoc/logo-mini-full.svg", "https://cdn.redoc.ly/redoc/logo-mini.svg"];

/** The picture that replaces them. */
const logo = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="46" height="16">' +
    '<text y="12" font-family="sans-serif" font-size="12" fill="#2467f2">Redoc</text></svg>',
)}`;

/** The pages of the site that the bar above Redoc links to. */
const linkedPages = ["outcomes", "operation", "readings", "sandbox"];

/** Builds the API reference: one page by Redoc that loads nothing from another host. */
export async function buildApiPage(contract: OpenApi, language: Language): Promise<string> {
  let html = await runRedoc(contract, `${texts[language].api} · CodeGames API hub`);
  for (const remote of remoteLogos) html = replaceOne(html, remote, logo);
  for (const [name, value] of Object.entries(placeholders(language))) {
    html = html.replaceAll(`[[${name}]]`, () => value);
  }
  return html;
}

function runRedoc(contract: OpenApi, title: string): Promise<string> {
  return inTemporaryFolder(async (folder) => {
    const input = join(folder, "openapi.json");
    const output = join(folder, "api.html");
    const template = join(here, "static/api.hbs");
    writeFileSync(input, JSON.stringify({ ...contract, servers: serversOf(contract) }, readable));
    await runRedocly(
      "build-docs",
      input,
      "--inlineBundle",
      "--output",
      output,
      "--template",
      template,
      "--title",
      title,
    );
    return readFileSync(output, "utf8");
  });
}

/** The servers with their default URL: Redoc takes the variable `{partner_url}` for a path beside its page. */
function serversOf({ servers }: OpenApi): { url: string; description: string }[] {
  return servers.map(({ description, variables: { partner_url: variable } }) => ({
    url: variable.default,
    description,
  }));
}

/** What replaces the `[[…]]` of `static/api.hbs`. */
function placeholders(language: Language): Record<string, string> {
  const menu = pages
    .filter(({ slug }) => linkedPages.includes(slug))
    .map(({ slug, title }) => `<a class="more" href="${slug}.html">${title[language]}</a>`);
  const dictionary: unknown =
    language === "en" ? {} : parse(readFileSync(join(here, `content/redoc.${language}.yaml`), "utf8"));
  return {
    language,
    other: otherThan(language),
    otherName: texts[language].other,
    pages: texts[language].pages,
    menu: menu.join(""),
    dictionary: JSON.stringify(dictionary),
    script: readFileSync(join(here, "static/api.js"), "utf8"),
  };
}

/**
 * Drops bounds beyond 2^53, which Redoc would show rounded; `format: int64` implies them. Drops discriminators too:
 * with one, Redoc lists the statuses in a menu without their texts, instead of the variants.
 */
function readable(this: unknown, key: string, value: unknown): unknown {
  if (key === "discriminator" && Array.isArray((this as Schema).oneOf)) return undefined;
  const { format } = this as Schema;
  const isBound = key === "minimum" || key === "maximum";
  return isBound && format === "int64" && !Number.isSafeInteger(value) ? undefined : value;
}

function replaceOne(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length === 2) return parts.join(to);
  throw new Error(`docs: Redoc's page must contain ${from} once, contains it ${parts.length - 1} times`);
}
