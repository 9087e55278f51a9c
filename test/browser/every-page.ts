import axe from "axe-core";
import type { Page } from "playwright-core";
import { diskUrl, isRedoc, pageNames, visit } from "./site.ts";

export const languages = ["en", "ru"];

/** The findings on a page. Each page is opened only once, because opening takes longer than looking. */
export interface PageFindings {
  name: string;
  lang: string | null;
  title: string;
  ids: Set<string>;
  links: string[];
  /** By how many pixels the page is wider than a phone. */
  overflowPx: number;
  seriousFaults: string[];
}

let findings: Promise<Map<string, PageFindings>> | undefined;

/** The findings on every page, by URL. Visits the pages on the first call only. */
export const visitEveryPage = () => (findings ??= findOnEveryPage());

async function findOnEveryPage(): Promise<Map<string, PageFindings>> {
  const found = new Map<string, PageFindings>();
  for (const language of languages) {
    for (const name of [...pageNames, "api.html#/purchase/pay"]) {
      const url = `${diskUrl}${language}/${name}`;
      found.set(url, await visit(url, (page) => findOn(page, language, name)));
    }
  }
  return found;
}

async function findOn(page: Page, language: string, name: string): Promise<PageFindings> {
  const found = {
    name: `${language}/${name}`,
    lang: await page.locator("html").getAttribute("lang"),
    title: await page.title(),
    ids: new Set(await ids(page)),
    links: await links(page),
    seriousFaults: await findSeriousFaults(page, "light"),
  };
  // The reference pages are long and all alike, so one mode is enough for them.
  if (!name.startsWith("reference-")) found.seriousFaults.push(...(await findSeriousFaults(page, "dark")));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.waitForTimeout(isRedoc(name) ? 300 : 0);
  return { ...found, overflowPx: await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) };
}

/** The faults that axe rates as serious or critical in one mode. */
async function findSeriousFaults(page: Page, mode: "light" | "dark"): Promise<string[]> {
  // Without transitions, because axe would measure a colour halfway between both modes.
  await page.addStyleTag({ content: "* { transition: none !important }" });
  await page.evaluate((chosen) => (document.documentElement.className = chosen), mode);
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { run } = (window as unknown as { axe: typeof axe }).axe;
    return (await run(document, { preload: false })).violations;
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${mode} ${id} ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(" | ")}`,
    );
}

const links = (page: Page) =>
  page.$$eval("a[href], main img", (elements) =>
    elements.map((element) =>
      element instanceof HTMLImageElement ? element.src : (element as HTMLAnchorElement).href,
    ),
  );

const ids = (page: Page) => page.$$eval("[id]", (elements) => elements.map(({ id }) => id));
