import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { OpenApi, Schema } from "./contract-texts.ts";
import { type Language, otherThan, texts } from "./language.ts";
import { pages } from "./pages.ts";

const spec = fileURLToPath(new URL("../../../spec/", import.meta.url));
const here = fileURLToPath(new URL("../", import.meta.url));
const cli = join(dirname(createRequire(import.meta.url).resolve("@redocly/cli/package.json")), "bin/cli.js");
const redocly = (...args: string[]) => promisify(execFile)(process.execPath, ["--no-warnings", cli, ...args], { cwd: spec, env: { ...process.env, REDOCLY_TELEMETRY: "off" } });

/** Pictures that Redoc's page would fetch from elsewhere, and the one that stands in for them. */
const remoteLogos = ["https://cdn.redoc.ly/redoc/logo-mini-full.svg", "https://cdn.redoc.ly/redoc/logo-mini.svg"];
const logo = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="46" height="16"><text y="12" font-family="sans-serif" font-size="12" fill="#2467f2">Redoc</text></svg>')}`;

/** The contract in one language as a single document: Redocly applies the overlay of that language. */
export async function bundleContract(language: Language): Promise<{ contract: OpenApi; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), "codegames-docs-"));
  try {
    const file = join(folder, "openapi.json");
    await redocly("bundle", "hub", "--output", file, ...(language === "en" ? [] : ["--overlay", `overlays/${language}.yaml`]));
    // Redocly rounds the bounds of an int64, which are the same in all of the contract.
    const text = readFileSync(file, "utf8").replaceAll("-9223372036854776000", "-9223372036854775808").replaceAll("9223372036854776000", "9223372036854775807");
    return { contract: JSON.parse(text), text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The API reference as one page by Redoc, which fetches nothing. */
export async function buildApiPage(contract: OpenApi, language: Language): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "codegames-docs-"));
  try {
    const input = join(folder, "openapi.json");
    const output = join(folder, "api.html");
    // Redoc takes a server that is a variable for a path beside its page.
    const servers = contract.servers.map(({ description, variables }) => ({ url: variables.partner_url.default, description: `${description} ${variables.partner_url.description}` }));
    writeFileSync(input, JSON.stringify({ ...contract, servers }, withoutRoundedBounds));
    await redocly("build-docs", input, "--inlineBundle", "--output", output, "--template", join(here, "static/api.hbs"), "--title", `${texts[language].api} · CodeGames API hub`);
    let html = readFileSync(output, "utf8");
    for (const remote of remoteLogos) html = replaceOne(html, remote, logo);
    const menu = pages.filter(({ slug }) => ["outcomes", "operation", "readings", "sandbox"].includes(slug)).map(({ slug, title }) => `<a class="more" href="${slug}.html">${title[language]}</a>`).join("");
    const dictionary = language === "en" ? {} : parse(readFileSync(join(here, `content/redoc.${language}.yaml`), "utf8"));
    const other = otherThan(language);
    for (const [name, value] of Object.entries({
      language, other, menu, otherName: texts[language].other, pages: texts[language].pages, dictionary: JSON.stringify(dictionary), script: readFileSync(join(here, "static/api.js"), "utf8"),
    })) html = html.replaceAll(`[[${name}]]`, () => value);
    return html;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bounds beyond 2^53 would be shown rounded; `format: int64` says them. */
function withoutRoundedBounds(this: unknown, key: string, value: unknown): unknown {
  const { format } = this as Schema;
  return (key === "minimum" || key === "maximum") && format === "int64" && !Number.isSafeInteger(value) ? undefined : value;
}

function replaceOne(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`docs: the page of Redoc must hold ${from} once, holds it ${parts.length - 1} times`);
  return parts.join(to);
}
