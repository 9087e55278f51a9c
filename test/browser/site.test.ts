import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

/** What one visit of each page finds: to open a page, Redoc's above all, takes longer than to look at it. */
interface Seen {
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
const everyPage = () => (looked ??= lookAtEveryPage());

test("every page opens from disk in both languages, and has its title", async () => {
  const seen = await everyPage();
  expect(seen.size).toBe(2 * names.length + 2);
  for (const { name, lang, title } of seen.values()) expect({ name, lang, title }).toEqual({ name, lang: name.slice(0, 2), title: expect.stringContaining("CodeGames API hub") });
}, 300_000);

test("links and anchors lead somewhere", async () => {
  const seen = await everyPage();
  const found = [...seen.values()].flatMap(({ name, links }) => links.map((to) => ({ from: name, to })));
  console.log(`links: ${found.length} on ${seen.size} pages`);
  expect(found.length).toBeGreaterThan(1000);
  const broken = found.filter(({ to }) => {
    if (/^(https|mailto):/.test(to)) return false;
    const [address = "", anchor = ""] = decodeURI(to).split("#");
    if (!address.startsWith(onDisk)) return true;
    if (isRedoc(address.split("/").at(-1) ?? "")) return !["", "/", "/purchase", ...Object.keys(operations).map((id) => `/purchase/${id}`)].includes(anchor.replace(/\/[tc]=.*$/, ""));
    const page = seen.get(address);
    return page ? anchor !== "" && !page.ids.has(anchor) : !existsSync(fileURLToPath(address));
  });
  expect(broken).toEqual([]);
}, 300_000);

test("no page is wider than a phone", async () => {
  expect([...(await everyPage()).values()].filter(({ overflow }) => overflow > 0).map(({ name, overflow }) => `${name} ${overflow}`)).toEqual([]);
}, 300_000);

test("axe finds no serious fault, in light and dark", async () => {
  expect([...(await everyPage()).values()].flatMap(({ name, serious }) => serious.map((fault) => `${name}: ${fault}`))).toEqual([]);
}, 300_000);

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
      const heading = page.getByRole("heading", { name: summaryOf(language, path) });
      const top = () => heading.evaluate((element) => element.getBoundingClientRect().top);
      await expect.poll(top, { message: "where the heading is on the screen", timeout: 10_000 }).toBeLessThan(500);
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

test("a browser that cannot be started is told plainly", async () => {
  process.env["CHROMIUM"] = "/nonexistent/chromium";
  try {
    await expect(launchBrowser()).rejects.toThrow("No browser could be started (CHROMIUM names /nonexistent/chromium): install Chrome, or let CHROMIUM name a Chromium");
  } finally {
    delete process.env["CHROMIUM"];
  }
});

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
