import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { launchBrowser } from "@codegames/test-browser/browser.ts";
import type { Page } from "playwright-core";
import sirv from "sirv";
import { contractFile, type ForeignTool, type Seen } from "../foreign-tool.ts";
import { token } from "../hub.ts";
import { install } from "../workshop.ts";

const swaggerUi: ForeignTool = {
  id: "swagger-ui",
  packages: ["swagger-ui-dist"],
  isQuick: true,
  async look({ url }) {
    const folder = join(await install("documents"), "node_modules/swagger-ui-dist");
    const html = `<link rel="stylesheet" href="swagger-ui.css"><div id="ui"></div>
      <script src="swagger-ui-bundle.js"></script>
      <script>SwaggerUIBundle({ url: "openapi.json", dom_id: "#ui" })</script>`;
    return openPage(folder, html, async (page) => {
      await page.locator("#operations-Purchase-pay").waitFor();
      const box = await page.locator(".errors-wrapper").count();
      await page.locator(".servers input").fill(url);
      await authorize(page);
      const pay = await openOperation(page, "pay");
      const seen: Seen = { page: box === 0 ? "no error box" : "an error box" };
      seen["check"] = await (await openOperation(page, "check")).execute();
      seen["pay"] = await pay.execute();
      seen["repeat"] = await pay.execute();
      seen["status"] = await (await openOperation(page, "status")).execute();
      seen["largeId"] = await lookAtLargeId(page);
      return seen;
    });
  },
};

const scalar: ForeignTool = {
  id: "scalar",
  packages: ["@scalar/api-reference"],
  isQuick: false,
  async look() {
    const folder = join(await install("scalar"), "node_modules/@scalar/api-reference/dist/browser");
    const html = `<div id="ui"></div><script src="standalone.js"></script>
      <script>Scalar.createApiReference("#ui", { url: "openapi.json", withDefaultFonts: false })</script>`;
    return openPage(folder, html, async (page) => {
      await page.getByText("Buy a product").first().waitFor();
      return { page: (await page.getByRole("alert").count()) === 0 ? "no error box" : "an error box" };
    });
  },
};

/** Serves a page beside the contract, and opens it in Chromium. An error of the page's own code fails it. */
async function openPage(folder: string, html: string, look: (page: Page) => Promise<Seen>): Promise<Seen> {
  const files = sirv(folder);
  const server = createServer((request, response) => {
    if (request.url === "/")
      return void response.setHeader("content-type", "text/html").end(`<!doctype html><meta charset="utf-8">${html}`);
    if (request.url === "/openapi.json") return void response.end(readFileSync(contractFile));
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    // Such pages call home: the tests need no internet.
    await page.route(
      ({ hostname }) => hostname !== "127.0.0.1",
      (route) => route.abort(),
    );
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const seen = await look(page);
    if (faults.length > 0) throw new Error(`The page failed: ${faults.join("; ")}`);
    return seen;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

async function authorize(page: Page): Promise<void> {
  await page.locator("button.authorize").first().click();
  const form = page.locator(".auth-container form, .auth-container").filter({ hasText: "bearer" }).first();
  await form.locator("input").first().fill(token);
  await form.locator("button[type=submit]").click();
  await page.locator(".btn-done").first().click();
}

async function openOperation(page: Page, id: string) {
  const operation = page.locator(`#operations-Purchase-${id}`);
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".try-out__btn").click();
  return {
    operation,
    /** Sends what the page has filled in, and returns the status that it shows. */
    async execute(): Promise<string> {
      const [response] = await Promise.all([
        page.waitForResponse((each) => each.url().endsWith(`/${id}`) && each.request().method() === "POST"),
        operation.locator(".execute").click(),
      ]);
      if (response.status() !== 200) return `HTTP ${response.status()}`;
      const { status } = (await response.json()) as { status: string };
      await operation
        .locator(".live-responses-table .highlight-code", { hasText: `"${status}"` })
        .first()
        .waitFor();
      return status;
    },
  };
}

async function lookAtLargeId(page: Page): Promise<string> {
  const operation = page.locator("#operations-Purchase-check");
  await operation.locator("textarea.body-param__text").fill('{ "product_id": 9007199254740993 }');
  const [request] = await Promise.all([
    page.waitForRequest((each) => each.url().endsWith("/check") && each.method() === "POST"),
    operation.locator(".execute").click(),
  ]);
  const shown = operation.locator(".live-responses-table .highlight-code", { hasText: "2^53" }).first();
  const isExact = (text: string | null) => text?.includes("9007199254740993") === true;
  const [sent, seen] = [request.postData(), await shown.innerText()].map((text) =>
    isExact(text) ? "exact" : "rounded",
  );
  return `sent ${sent}, shown ${seen}`;
}

/** Pages that show the contract and let people call the hub. */
export const pages = [swaggerUi, scalar];
