import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSite } from "@codegames/docs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sirv from "sirv";
import { expect } from "vitest";
import { launchBrowser } from "./browser.ts";

const folder = fileURLToPath(new URL("dist/site/", import.meta.url));
export const screenshots = fileURLToPath(new URL("dist/screenshots/", import.meta.url));
export const onDisk = pathToFileURL(folder).href;

let browser: Browser;
let server: Server;
/** The site under a path, as on a host that has other sites too. */
export let served: string;
/** The pages of one language. */
export let names: string[];

/** Builds the site, serves it, and starts the browser. */
export async function openSite(): Promise<void> {
  await buildSite(folder);
  rmSync(screenshots, { recursive: true, force: true });
  mkdirSync(screenshots, { recursive: true });
  names = readdirSync(`${folder}en`).filter((name) => name.endsWith(".html"));
  const files = sirv(folder);
  server = createServer((request, response) => {
    if (!request.url?.startsWith("/some/path/")) return void response.writeHead(404).end();
    request.url = request.url.slice("/some/path".length);
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  served = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`;
  browser = await launchBrowser();
}

export async function closeSite(): Promise<void> {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
}

export const openapiOf = (language: string) => JSON.parse(readFileSync(`${folder}${language}/openapi.json`, "utf8"));
export const isRedoc = (name: string): boolean => name.startsWith("api.html");

/** Opens a page, and fails afterwards on what a reader would not want: an error, or a request to anybody else. */
export async function visit<T>(address: string, look: (page: Page) => Promise<T>, options: BrowserContextOptions = {}): Promise<T> {
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
export const drawn = (page: Page) => page.locator("#redoc h1, #redoc h2").first().waitFor();
