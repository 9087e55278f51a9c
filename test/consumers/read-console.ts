import { launchBrowser } from "../browser/browser.ts";

/** Opens a page in a browser and returns the first line its script prints. Rejects with the first error of the page. */
export async function readConsole(url: string): Promise<string> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const printed = new Promise<string>((resolve, reject) => {
      page.on("console", (message) => message.type() === "log" && resolve(message.text()));
      page.on("pageerror", reject);
      setTimeout(() => reject(new Error(`The page ${url} printed nothing within 20 s`)), 20_000).unref();
    });
    await Promise.all([page.goto(url), printed]);
    return await printed;
  } finally {
    await browser.close();
  }
}
