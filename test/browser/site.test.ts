import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { operations } from "@codegames/contract";
import { buildSite } from "@codegames/docs";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sirv from "sirv";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { foreignWords } from "./foreign-words.ts";

const site = fileURLToPath(new URL("dist/site/", import.meta.url));
const screenshots = fileURLToPath(new URL("dist/screenshots/", import.meta.url));
const languages = ["en", "ru"];

let browser: Browser;
let server: Server;
/** Under a path, as on a host that has other sites too. */
let served: string;
let names: string[];

beforeAll(async () => {
  await buildSite(site);
  rmSync(screenshots, { recursive: true, force: true });
  mkdirSync(screenshots, { recursive: true });
  names = readdirSync(`${site}en`).filter((name) => name.endsWith(".html"));
  const files = sirv(site);
  server = createServer((request, response) => {
    if (!request.url?.startsWith("/some/path/")) return void response.writeHead(404).end();
    request.url = request.url.slice("/some/path".length);
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  served = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`;
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

const onDisk = pathToFileURL(site).href;
const summaryOf = (language: string, path: string): string => JSON.parse(readFileSync(`${site}${language}/openapi.json`, "utf8")).paths[path].post.summary;
const isRedoc = (name: string): boolean => name.startsWith("api.html");

/** Opens a page, and fails afterwards on what a reader would not want: an error, or a request to anybody else. */
async function visit<T>(address: string, look: (page: Page) => Promise<T>, options: BrowserContextOptions = {}): Promise<T> {
  const page = await browser.newPage(options);
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(onDisk) && !request.url().startsWith(served) && faults.push(`request: ${request.url()}`));
  try {
    await page.goto(address);
    if (address.includes("api.html")) await drawn(page);
    const result = await look(page);
    expect(faults).toEqual([]);
    return result;
  } finally {
    await page.close();
  }
}

/** Redoc draws what is near the address. */
const drawn = (page: Page) => page.locator("#redoc h1, #redoc h2").first().waitFor();

const links = (page: Page) => page.$$eval("a[href]", (anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
const ids = (page: Page) => page.$$eval("[id]", (elements) => elements.map(({ id }) => id));

test("every page opens from disk in both languages, with links and anchors that lead somewhere", async () => {
  const known = new Map<string, Set<string>>();
  const found: { from: string; to: string }[] = [];
  for (const language of languages) {
    for (const name of names) {
      const address = `${onDisk}${language}/${name}`;
      await visit(address, async (page) => {
        expect(await page.locator("html").getAttribute("lang")).toBe(language);
        expect(await page.title()).toContain("CodeGames API hub");
        known.set(address, new Set(await ids(page)));
        for (const to of await links(page)) found.push({ from: `${language}/${name}`, to });
      });
    }
  }
  const broken = found.filter(({ to }) => {
    if (/^(https|mailto):/.test(to)) return false;
    const [address = "", anchor = ""] = decodeURI(to).split("#");
    const anchors = known.get(address);
    // Redoc's own anchors are told in the test of its operations.
    return address.startsWith(onDisk) ? !(anchors ? anchor === "" || isRedoc(address.split("/").at(-1) ?? "") || anchors.has(anchor) : /\.(json|svg)$/.test(address)) : true;
  });
  console.log(`links: ${found.length} on ${known.size} pages`);
  expect(found.length).toBeGreaterThan(1000);
  expect(broken).toEqual([]);
}, 240_000);

test.each(languages)("the site in %s works below a path of a web server", async (language) => {
  await visit(`${served}${language}/index.html`, async (page) => {
    await page.getByRole("navigation").getByRole("link").nth(3).click();
    await page.waitForURL(/outcomes\.html$/);
    await page.locator("header a.brand").click();
    await page.waitForURL(/index\.html$/);
  });
  await visit(`${served}${language}/api.html`, async () => {});
});

test("the first page goes on to the reader's language", async () => {
  for (const [locale, language] of [["ru-KZ", "ru"], ["de-DE", "en"]] as const) {
    await visit(`${served}`, (page) => page.waitForURL(new RegExp(`/${language}/index\\.html$`)), { locale });
  }
});

test.each(languages)("every operation and status is on the API page and the page of outcomes in %s", async (language) => {
  const outcomes = await visit(`${onDisk}${language}/outcomes.html`, (page) => page.locator("main").innerText());
  for (const operation of Object.values(operations)) {
    const text = await visit(`${onDisk}${language}/api.html#/purchase/${operation.id}`, async (page) => {
      const shown = [await page.locator("body").innerText()];
      // The refusals of the answer are behind a tab.
      await page.getByRole("tab", { name: new RegExp(`^${operation.id}Refused$`, "i") }).click();
      shown.push(await page.locator("body").innerText());
      return shown.join("\n");
    });
    expect(text).toContain(operation.path);
    expect(text, "an int64 that is rounded").not.toContain("9223372036854776000");
    for (const status of Object.keys(operation.outcomes)) {
      expect(text, `api.html in ${language}`).toContain(status);
      expect(outcomes, `outcomes.html in ${language}`).toContain(status);
    }
  }
});

test.each(languages)("each operation has an address of its own in %s, and the other language opens at it", async (language) => {
  for (const { id, path } of Object.values(operations)) {
    await visit(`${onDisk}${language}/api.html#/purchase/${id}`, async (page) => {
      const top = await page.getByRole("heading", { name: summaryOf(language, path) }).evaluate((heading) => heading.getBoundingClientRect().top);
      expect(top, "where the heading is on the screen").toBeLessThan(500);
      await page.locator("#other").click();
      await page.waitForURL(`${onDisk}${language === "en" ? "ru" : "en"}/api.html#/purchase/${id}`);
    });
  }
  await visit(`${onDisk}${language}/outcomes.html#wire`, async (page) => {
    await page.locator("#other").click();
    await page.waitForURL(`${onDisk}${language === "en" ? "ru" : "en"}/outcomes.html#wire`);
  });
});

test.each([["en", "TXN_DUPLICATE"], ["en", "timeout"], ["ru", "TXN_DUPLICATE"], ["ru", "тайм-аут"], ["ru", "перенаправлени"]])("the search in %s finds %s, and goes there", async (language, query) => {
  for (const base of [onDisk, served]) {
    await visit(`${base}${language}/index.html`, async (page) => {
      await page.getByRole("searchbox").fill(query);
      const first = page.locator(".found li a").first();
      await first.waitFor();
      const target = await first.evaluate((anchor) => (anchor as HTMLAnchorElement).href);
      await page.getByRole("searchbox").press("Enter");
      await page.waitForURL(target);
      expect((await page.locator("body").innerText()).toLowerCase()).toContain(query.toLowerCase());
    });
  }
});

test("the search says so when nothing is found", async () => {
  await visit(`${onDisk}ru/index.html`, async (page) => {
    await page.getByRole("searchbox").fill("абырвалг");
    await page.getByText("Ничего не найдено").waitFor();
  });
});

test.each(languages)("the search of the API page in %s finds TXN_DUPLICATE", async (language) => {
  await visit(`${onDisk}${language}/api.html`, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("TXN_DUPLICATE");
    await page.locator("mark, em, span").filter({ hasText: /^TXN_DUPLICATE$/ }).first().waitFor();
  });
});

test("the Russian API page is Russian in its interface", async () => {
  for (const hash of ["", "#/purchase/check", "#/purchase/pay", "#/purchase/status"]) {
    const left = await visit(`${onDisk}ru/api.html${hash}`, async (page) => {
      for (const folded of await page.locator("#redoc [aria-expanded=false]").all()) await folded.click({ timeout: 500 }).catch(() => {});
      await page.keyboard.press("Escape");
      const texts = await foreignWords(page);
      await page.keyboard.press("Control+k");
      await page.keyboard.type("zzzz");
      await page.getByText("Ничего не найдено").waitFor();
      return [...texts, ...(await foreignWords(page))];
    });
    expect([...new Set(left)]).toEqual([]);
  }
}, 120_000);

test("dark and light are chosen by the system, then by the reader, on all pages", async () => {
  for (const colorScheme of ["dark", "light"] as const) {
    await visit(`${served}en/index.html`, async (page) => {
      const mode = () => page.evaluate(() => document.documentElement.className);
      const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const before = await paper();
      expect(await mode()).toContain(colorScheme);
      await page.locator("#mode").click();
      expect(await paper()).not.toBe(before);
      const chosen = colorScheme === "dark" ? "light" : "dark";
      for (const next of ["ru/readings.html", "ru/api.html"]) {
        await page.goto(served + next);
        if (isRedoc(next.slice(3))) await drawn(page);
        expect(await mode()).toContain(chosen);
      }
    }, { colorScheme });
  }
});

test("no page is wider than a phone", async () => {
  for (const language of languages) {
    for (const name of names) {
      const overflow = await visit(`${onDisk}${language}/${name}`, (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth), { viewport: { width: 360, height: 740 }, isMobile: true });
      expect(overflow, `${language}/${name}`).toBeLessThanOrEqual(0);
    }
  }
}, 240_000);

test.each(["light", "dark"] as const)("axe finds no serious fault in %s", async (colorScheme) => {
  const serious: string[] = [];
  for (const language of languages) {
    // The references are the same in both languages, and long.
    for (const name of [...names.filter((each) => (language === "en" && colorScheme === "light") || !each.startsWith("reference-")), "api.html#/purchase/pay"]) {
      const violations = await visit(`${onDisk}${language}/${name}`, async (page) => {
        await page.evaluate(axe.source);
        const run = () => (window as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: { impact: string; id: string; nodes: { target: string[]; html: string }[] }[] }> } }).axe.run(document, { preload: false });
        return (await page.evaluate(run)).violations;
      }, { colorScheme });
      for (const { impact, id, nodes } of violations) {
        if (["serious", "critical"].includes(impact)) serious.push(`${language}/${name}: ${id} ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
      }
    }
  }
  expect(serious).toEqual([]);
}, 300_000);

test("pictures of both languages are kept", async () => {
  for (const language of languages) {
    for (const name of ["index", "outcomes", "operation", "api"]) {
      for (const [size, viewport] of [["desk", { width: 1400, height: 1000 }], ["phone", { width: 390, height: 844 }]] as const) {
        await visit(`${onDisk}${language}/${name}.html`, (page) => page.screenshot({ path: `${screenshots}${language}-${name}-${size}.png` }), { viewport });
      }
    }
  }
  expect(readdirSync(screenshots)).toHaveLength(16);
}, 120_000);
