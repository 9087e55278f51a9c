import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { everyPage, languages } from "./every-page.ts";
import { foreignWords } from "./foreign-words.ts";
import { closeSite, drawn, isRedoc, names, onDisk, openapiOf, openSite, screenshots, served, visit } from "./site.ts";

beforeAll(openSite);
afterAll(closeSite);

test("every page opens from disk in both languages, and has its title", async () => {
  const seen = await everyPage();
  expect(seen.size).toBe(2 * names.length + 2);
  for (const { name, lang, title } of seen.values()) expect({ name, lang, title }).toEqual({ name, lang: name.slice(0, 2), title: expect.stringContaining("CodeGames API hub") });
}, 300_000);

test.each(languages)("openapi.json in %s has the bounds of an int64 digit for digit", (language) => {
  const text = readFileSync(fileURLToPath(`${onDisk}${language}/openapi.json`), "utf8");
  expect(text.match(/"m(?:in|ax)imum": -?\d{19}/g)).toEqual(['"minimum": -9223372036854775808', '"maximum": 9223372036854775807']);
});

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
      const heading = page.getByRole("heading", { name: openapiOf(language).paths[path].post.summary });
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
