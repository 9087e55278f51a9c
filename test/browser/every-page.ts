import axe from "axe-core";
import type { Page } from "playwright-core";
import { isRedoc, names, onDisk, visit } from "./site.ts";

export const languages = ["en", "ru"];

/** What one visit of each page finds: to open a page, Redoc's above all, takes longer than to look at it. */
export interface Seen {
  name: string;
  lang: string | null;
  title: string;
  ids: Set<string>;
  links: string[];
  /** By how much it is wider than a phone, in pixels. */
  overflow: number;
  serious: string[];
}

async function lookAtEveryPage(): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const language of languages) {
    for (const name of [...names, "api.html#/purchase/pay"]) {
      const address = `${onDisk}${language}/${name}`;
      seen.set(address, await visit(address, async (page) => {
        const found = { name: `${language}/${name}`, lang: await page.locator("html").getAttribute("lang"), title: await page.title(), ids: new Set(await ids(page)), links: await links(page), serious: await seriousFaults(page, "light") };
        // The references are long, and all of one kind.
        if (!name.startsWith("reference-")) found.serious.push(...(await seriousFaults(page, "dark")));
        await page.setViewportSize({ width: 360, height: 740 });
        await page.waitForTimeout(isRedoc(name) ? 300 : 0);
        return { ...found, overflow: await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) };
      }));
    }
  }
  return seen;
}

let looked: Promise<Map<string, Seen>> | undefined;
/** On the first call only. */
export const everyPage = () => (looked ??= lookAtEveryPage());

/** What axe rates as serious or critical in one mode. */
async function seriousFaults(page: Page, mode: "light" | "dark"): Promise<string[]> {
  // At once: a colour that is on its way is neither the one nor the other.
  await page.addStyleTag({ content: "* { transition: none !important }" });
  await page.evaluate((chosen) => (document.documentElement.className = chosen), mode);
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => (await (window as unknown as { axe: typeof axe }).axe.run(document, { preload: false })).violations);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${mode} ${id} ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

const links = (page: Page) => page.$$eval("a[href], main img", (elements) => elements.map((element) => (element instanceof HTMLImageElement ? element.src : (element as HTMLAnchorElement).href)));
const ids = (page: Page) => page.$$eval("[id]", (elements) => elements.map(({ id }) => id));
