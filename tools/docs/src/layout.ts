import { type Language, languages, otherThan, texts } from "./language.ts";
import type { Rendered } from "./markdown.ts";
import { pages } from "./pages.ts";

const brand = "CodeGames API hub";

/** One page of the site around what was rendered. All links are relative: it opens from disk, and under any path. */
export function layout(slug: string, language: Language, { html, title, headings }: Rendered, version: string): string {
  const t = texts[language];
  const other = otherThan(language);
  const current = slug.startsWith("reference-") ? "packages" : slug;
  const outline = headings.filter(({ level }) => level === 2);
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === brand ? brand : `${escapeHtml(title)} · ${brand}`}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'unsafe-inline' file:; style-src 'self' 'unsafe-inline' file:; img-src 'self' data: file:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../assets/site.css">
<script>try{var m=localStorage.getItem("redoc.colorMode")}catch(e){}document.documentElement.className=m||(matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light")</script>
</head>
<body>
<a class="skip" href="#content">${t.skip}</a>
<header>
<a class="brand" href="index.html">${brand}</a>
<form role="search" aria-label="${t.search}"><input type="search" placeholder="${t.search}" aria-label="${t.searchFor}" autocomplete="off" data-found="${t.found}" data-nothing="${t.nothing}"><div class="found" hidden><p role="status"></p><ol></ol></div></form>
<a id="other" href="../${other}/${slug}.html" lang="${other}" hreflang="${other}">${t.other}</a>
<button id="mode" type="button" aria-label="${t.dark}" title="${t.dark}"><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="2"/><path d="M10 2a8 8 0 0 1 0 16z" fill="currentColor"/></svg></button>
</header>
<div class="frame">
<nav aria-label="${t.pages}"><details open><summary>${t.pages}</summary><ul>
${pages.map(({ slug: to, title: name }) => `<li><a href="${to}.html"${to === current ? ' aria-current="page"' : ""}>${name[language]}</a></li>`).join("\n")}
</ul><p>${t.contract} ${version}</p></details></nav>
<main id="content"${language !== "en" && slug.startsWith("reference-") ? ' lang="en"' : ""}>
${html}
</main>
${outline.length > 1 ? `<aside aria-label="${t.onThisPage}"><p>${t.onThisPage}</p><ul>${outline.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`).join("")}</ul></aside>` : ""}
</div>
<script src="../assets/site.js"></script>
</body>
</html>
`;
}

/** The first page: goes on to the reader's language. */
export function entrance(): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CodeGames API hub</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/site.css">
<script>location.replace((/^ru/.test(navigator.language) ? "ru" : "en") + "/index.html")</script>
</head>
<body>
<main id="content"><h1>CodeGames API hub</h1><ul>${languages.map((language) => `<li><a href="${language}/index.html" lang="${language}">${texts[language].name}</a></li>`).join("")}</ul></main>
</body>
</html>
`;
}

const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
