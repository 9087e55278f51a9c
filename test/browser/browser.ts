import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packed, { inflate, setupLambdaEnvironment } from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/**
 * Starts a real Chromium: the one that CHROMIUM names; else, on Linux, the one of an npm package, which needs nothing
 * from the machine; elsewhere the installed Chrome.
 *
 * @throws {Error} When no browser starts; the message says which one was tried
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env["CHROMIUM"];
  if (named) return launch({ executablePath: named }, `CHROMIUM names ${named}`);
  if (process.platform !== "linux" || process.arch !== "x64") {
    return launch({ channel: "chrome" }, `on ${process.platform} ${process.arch} the installed Chrome is used`);
  }
  const folder = await unpackChromium();
  // Chromium refuses to run its own sandbox as root.
  const options = { executablePath: join(folder, "chromium"), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] };
  return chromium.launch(options).catch(async (error) => {
    if (!String(error).includes("shared libraries")) throw error;
    // The machine lacks desktop libraries that a browser links; the package ships them too.
    setupLambdaEnvironment(join(folder, "al2023/lib"));
    return launch(options, "the Chromium of @sparticuz/chromium is used");
  });
}

/** Unpacks the browser and its libraries. The folder appears as a whole, as several tests may unpack at once. */
async function unpackChromium(): Promise<string> {
  const home = new URL("..", import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as { version: string };
  const folder = fileURLToPath(new URL(`dist/chromium-${version}`, import.meta.url));
  if (existsSync(folder)) return folder;
  const parts = `${folder}.${process.pid}`;
  mkdirSync(parts, { recursive: true });
  const { TMPDIR } = process.env;
  // The package unpacks to the folder of temporary files.
  process.env["TMPDIR"] = parts;
  try {
    await packed.executablePath();
    await inflate(fileURLToPath(new URL("bin/al2023.tar.br", home)));
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
  }
  try {
    renameSync(parts, folder);
  } catch (error) {
    // Another process was first.
    rmSync(parts, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function launch(options: Parameters<typeof chromium.launch>[0], why: string): Promise<Browser> {
  return chromium.launch(options).catch((error: Error) => {
    const details = error.message.split("\n").slice(0, 3).join("\n");
    throw new Error(`Cannot start a browser (${why}): install Chrome, or let CHROMIUM name a Chromium\n${details}`);
  });
}
