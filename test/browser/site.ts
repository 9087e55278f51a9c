import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSite } from "@codegames/docs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sirv from "sirv";
import { expect } from "vitest";
import { launchBrowser } from "./browser.ts";

const siteFolder = fileURLToPath(new URL("dist/site/", import.meta.url));
export const screenshotFolder = fileURLToPath(new URL("dist/screenshots/", import.meta.url));
/** The site opened from disk. */
export const diskUrl = pathToFileURL(siteFolder).href;

let browser: Browser;
let server: Server;
/** The site below a path of a web server, as on a host with other sites. */
export let servedUrl: string;
/** The file names of the pages of one language. */
export let pageNames: string[];

/** Builds the site, serves it, and starts the browser. */
export async function openSite(): Promise<void> {
  await buildSite(siteFolder);
  rmSync(screenshotFolder, { recursive: true, force: true });
  mkdirSync(screenshotFolder, { recursive: true });
  pageNames = readdirSync(`${siteFolder}en`).filter((name) => name.endsWith(".html"));
  const files = sirv(siteFolder);
  server = createServer((request, response) => {
    if (!request.url?.startsWith("/some/path/")) return void response.writeHead(404).end();
    request.url = request.url.slice("/some/path".length);
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servedUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`;
  browser = await launchBrowser();
}

export async function closeSite(): Promise<void> {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
}

export const readOpenapi = (language: string) =>
  JSON.parse(readFileSync(`${siteFolder}${language}/openapi.json`, "utf8"));
export const isRedoc = (name: string): boolean => name.startsWith("api.html");

/** Opens a page, runs `look`, and then fails if the page printed an error or sent a request to another host. */
export async function visit<T>(
  url: string,
  look: (page: Page) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const page = await browser.newPage(options);
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => !isOwn(request.url()) && faults.push(`request: ${request.url()}`));
  try {
    await page.goto(url);
    if (url.includes("api.html")) await waitForRedoc(page);
    const result = await look(page);
    expect(faults).toEqual([]);
    return result;
  } finally {
    await page.close();
  }
}

const isOwn = (url: string) => /^(data|blob):/.test(url) || url.startsWith(diskUrl) || url.startsWith(servedUrl);

/** Waits until Redoc has drawn the part that the URL points to. */
export const waitForRedoc = (page: Page) => page.locator("#redoc h1, #redoc h2").first().waitFor();
