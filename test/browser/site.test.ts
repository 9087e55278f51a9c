import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { languages, visitEveryPage } from "./every-page.ts";
import { foreignWords } from "./foreign-words.ts";
import {
  closeSite,
  diskUrl,
  isRedoc,
  openSite,
  pageNames,
  readOpenapi,
  screenshotFolder,
  servedUrl,
  visit,
  waitForRedoc,
} from "./site.ts";

beforeAll(openSite);
afterAll(closeSite);

test("every page opens from disk in both languages, and has a title", async () => {
  const seen = await visitEveryPage();
  expect(seen.size).toBe(2 * pageNames.length + 2);
  for (const { name, lang, title } of seen.values()) {
    expect({ name, lang, title }).toEqual({
      name,
      lang: name.slice(0, 2),
      title: expect.stringContaining("CodeGames API hub"),
    });
  }
}, 300_000);

test.each(languages)("openapi.json in %s keeps every digit of the bounds of an int64", (language) => {
  const text = readFileSync(fileURLToPath(`${diskUrl}${language}/openapi.json`), "utf8");
  expect(text.match(/"m(?:in|ax)imum": -?\d{19}/g)).toEqual([
    '"minimum": -9223372036854775808',
    '"maximum": 9223372036854775807',
  ]);
});

test("every link and anchor leads somewhere", async () => {
  const seen = await visitEveryPage();
  const redocAnchors = ["", "/", "/purchase", ...Object.keys(operations).map((id) => `/purchase/${id}`)];
  const found = [...seen.values()].flatMap(({ name, links }) => links.map((to) => ({ from: name, to })));
  console.log(`links: ${found.length} on ${seen.size} pages`);
  expect(found.length).toBeGreaterThan(1000);
  const broken = found.filter(({ to }) => {
    if (/^(https|mailto):/.test(to)) return false;
    const [url = "", anchor = ""] = decodeURI(to).split("#");
    if (!url.startsWith(diskUrl)) return true;
    if (isRedoc(url.split("/").at(-1) ?? "")) return !redocAnchors.includes(anchor.replace(/\/[tc]=.*$/, ""));
    const page = seen.get(url);
    return page ? anchor !== "" && !page.ids.has(anchor) : !existsSync(fileURLToPath(url));
  });
  expect(broken).toEqual([]);
}, 300_000);

test("no page is wider than a phone", async () => {
  const tooWide = [...(await visitEveryPage()).values()].filter(({ overflowPx }) => overflowPx > 0);
  expect(tooWide.map(({ name, overflowPx }) => `${name} ${overflowPx}`)).toEqual([]);
}, 300_000);

test("axe finds no serious fault, in light and dark", async () => {
  const pages = [...(await visitEveryPage()).values()];
  expect(pages.flatMap(({ name, seriousFaults }) => seriousFaults.map((fault) => `${name}: ${fault}`))).toEqual([]);
}, 300_000);

test.each(languages)("the site in %s works below a path of a web server", async (language) => {
  await visit(`${servedUrl}${language}/index.html`, async (page) => {
    await page.getByRole("navigation").getByRole("link").nth(3).click();
    await page.waitForURL(/outcomes\.html$/);
    await page.locator("header a.brand").click();
    await page.waitForURL(/index\.html$/);
  });
  await visit(`${servedUrl}${language}/api.html`, async () => {});
});

test("the first page redirects to the reader's language", async () => {
  for (const [locale, language] of [
    ["ru-KZ", "ru"],
    ["de-DE", "en"],
  ] as const) {
    await visit(servedUrl, (page) => page.waitForURL(new RegExp(`/${language}/index\\.html$`)), { locale });
  }
});

test.each(languages)(
  "every operation and status is on the API page and the page of outcomes in %s",
  async (language) => {
    const outcomes = await visit(`${diskUrl}${language}/outcomes.html`, (page) => page.locator("main").innerText());
    for (const operation of Object.values(operations)) {
      const text = await visit(`${diskUrl}${language}/api.html#/purchase/${operation.id}`, async (page) => {
        const shown = [await page.locator("body").innerText()];
        // Redoc hides the refusals behind a tab.
        await page.getByRole("tab", { name: new RegExp(`^${operation.id}Refused$`, "i") }).click();
        shown.push(await page.locator("body").innerText());
        return shown.join("\n");
      });
      expect(text).toContain(operation.path);
      expect(text, "a rounded int64").not.toContain("9223372036854776000");
      for (const status of Object.keys(operation.outcomes)) {
        expect(text, `api.html in ${language}`).toContain(status);
        expect(outcomes, `outcomes.html in ${language}`).toContain(status);
      }
    }
  },
);

test.each(languages)("each operation has its own URL in %s, and switching the language keeps it", async (language) => {
  for (const { id, path } of Object.values(operations)) {
    await visit(`${diskUrl}${language}/api.html#/purchase/${id}`, async (page) => {
      const heading = page.getByRole("heading", { name: readOpenapi(language).paths[path].post.summary });
      const top = () => heading.evaluate((element) => element.getBoundingClientRect().top);
      await expect.poll(top, { message: "top of the heading on the screen", timeout: 10_000 }).toBeLessThan(500);
      await page.locator("#other").click();
      await page.waitForURL(`${diskUrl}${language === "en" ? "ru" : "en"}/api.html#/purchase/${id}`);
    });
  }
  await visit(`${diskUrl}${language}/outcomes.html#wire`, async (page) => {
    await page.locator("#other").click();
    await page.waitForURL(`${diskUrl}${language === "en" ? "ru" : "en"}/outcomes.html#wire`);
  });
});

const searches = [
  ["en", "TXN_DUPLICATE"],
  ["en", "timeout"],
  ["ru", "TXN_DUPLICATE"],
  ["ru", "тайм-аут"],
  ["ru", "перенаправлени"],
] as const;
test.each(searches)("the search in %s finds %s, and Enter opens the first result", async (language, query) => {
  for (const base of [diskUrl, servedUrl]) {
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

test("the search says when it finds nothing", async () => {
  await visit(`${diskUrl}ru/index.html`, async (page) => {
    await page.getByRole("searchbox").fill("абырвалг");
    await page.getByText("Ничего не найдено").waitFor();
  });
});

test.each(languages)("the search of the API page in %s finds TXN_DUPLICATE", async (language) => {
  await visit(`${diskUrl}${language}/api.html`, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("TXN_DUPLICATE");
    await page
      .locator("mark, em, span")
      .filter({ hasText: /^TXN_DUPLICATE$/ })
      .first()
      .waitFor();
  });
});

test("the interface of the Russian API page is all in Russian", async () => {
  for (const hash of ["", "#/purchase/check", "#/purchase/pay", "#/purchase/status"]) {
    const left = await visit(`${diskUrl}ru/api.html${hash}`, async (page) => {
      for (const folded of await page.locator("#redoc [aria-expanded=false]").all()) {
        await folded.click({ timeout: 500 }).catch(() => {});
      }
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

test("the system chooses dark or light until the reader does, on all pages", async () => {
  for (const colorScheme of ["dark", "light"] as const) {
    await visit(
      `${servedUrl}en/index.html`,
      async (page) => {
        const mode = () => page.evaluate(() => document.documentElement.className);
        const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const before = await paper();
        expect(await mode()).toContain(colorScheme);
        await page.locator("#mode").click();
        expect(await paper()).not.toBe(before);
        const chosen = colorScheme === "dark" ? "light" : "dark";
        for (const next of ["ru/readings.html", "ru/api.html"]) {
          await page.goto(servedUrl + next);
          if (isRedoc(next.slice(3))) await waitForRedoc(page);
          expect(await mode()).toContain(chosen);
        }
      },
      { colorScheme },
    );
  }
});

test("launchBrowser() says plainly why no browser starts", async () => {
  process.env["CHROMIUM"] = "/nonexistent/chromium";
  try {
    await expect(launchBrowser()).rejects.toThrow(
      "Cannot start a browser (CHROMIUM names /nonexistent/chromium): install Chrome, or let CHROMIUM name a Chromium",
    );
  } finally {
    delete process.env["CHROMIUM"];
  }
});

test("screenshots of both languages are kept", async () => {
  const viewports = { desk: { width: 1400, height: 1000 }, phone: { width: 390, height: 844 } };
  for (const language of languages) {
    for (const name of ["index", "outcomes", "operation", "api"]) {
      for (const [size, viewport] of Object.entries(viewports)) {
        const path = `${screenshotFolder}${language}-${name}-${size}.png`;
        await visit(`${diskUrl}${language}/${name}.html`, (page) => page.screenshot({ path }), { viewport });
      }
    }
  }
  expect(readdirSync(screenshotFolder)).toHaveLength(16);
}, 120_000);
