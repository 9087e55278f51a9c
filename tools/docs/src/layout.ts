import { type Language, languages, otherThan, texts } from "./language.ts";
import type { Heading, Rendered } from "./markdown.ts";
import { pages } from "./pages.ts";

const brand = "CodeGames API hub";

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' file:",
  "style-src 'self' 'unsafe-inline' file:",
  "img-src 'self' data: file:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Sets dark or light before the page is drawn; Redoc's page keeps the choice under the same name. */
const modeScript = `try{var m=localStorage.getItem("redoc.colorMode")}catch(e){}
document.documentElement.className=m||(matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light")`;

const halfMoon = `<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
<circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="2"/>
<path d="M10 2a8 8 0 0 1 0 16z" fill="currentColor"/></svg>`;

/**
 * Puts the frame of the site around a rendered page.
 *
 * All links are relative, so that the page opens from disk and under any path.
 */
export function layout(slug: string, language: Language, { html, title, headings }: Rendered, version: string): string {
  const t = texts[language];
  const isReference = slug.startsWith("reference-");
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === brand ? brand : `${escapeHtml(title)} · ${brand}`}</title>
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../assets/site.css">
<script>${modeScript}</script>
</head>
<body>
<a class="skip" href="#content">${t.skip}</a>
${header(slug, language)}
<div class="frame">
${navigation(isReference ? "packages" : slug, language, version)}
<main id="content"${isReference && language !== "en" ? ' lang="en"' : ""}>
${html}
</main>
${outline(headings, language)}
</div>
<script src="../assets/site.js"></script>
</body>
</html>
`;
}

/** Prints the first page, which goes on to the reader's language. */
export function entrance(): string {
  const links = languages.map(
    (language) => `<li><a href="${language}/index.html" lang="${language}">${texts[language].name}</a></li>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${brand}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/site.css">
<script>location.replace((/^ru/.test(navigator.language) ? "ru" : "en") + "/index.html")</script>
</head>
<body>
<main id="content"><h1>${brand}</h1><ul>${links.join("")}</ul></main>
</body>
</html>
`;
}

function header(slug: string, language: Language): string {
  const t = texts[language];
  const other = otherThan(language);
  return `<header>
<a class="brand" href="index.html">${brand}</a>
<form role="search" aria-label="${t.search}">
<input type="search" placeholder="${t.search}" aria-label="${t.searchFor}" autocomplete="off"
 data-found="${t.found}" data-nothing="${t.nothing}">
<div class="found" hidden><p role="status"></p><ol></ol></div>
</form>
<a id="other" href="../${other}/${slug}.html" lang="${other}" hreflang="${other}">${t.other}</a>
<button id="mode" type="button" aria-label="${t.dark}" title="${t.dark}">${halfMoon}</button>
</header>`;
}

function navigation(current: string, language: Language, version: string): string {
  const t = texts[language];
  const links = pages.map(({ slug, title }) => {
    const mark = slug === current ? ' aria-current="page"' : "";
    return `<li><a href="${slug}.html"${mark}>${title[language]}</a></li>`;
  });
  return `<nav aria-label="${t.pages}"><details open><summary>${t.pages}</summary><ul>
${links.join("\n")}
</ul><p>${t.contract} ${version}</p></details></nav>`;
}

/** Prints the list of the chapters; none for a page of one chapter. */
function outline(headings: Heading[], language: Language): string {
  const chapters = headings.filter(({ level }) => level === 2);
  if (chapters.length < 2) return "";
  const { onThisPage } = texts[language];
  const links = chapters.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`);
  return `<aside aria-label="${onThisPage}"><p>${onThisPage}</p><ul>${links.join("")}</ul></aside>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
