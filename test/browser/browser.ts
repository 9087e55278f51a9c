import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packed, { inflate, setupLambdaEnvironment } from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/**
 * A real Chromium: the one that CHROMIUM names; on Linux the one of an npm package, which needs nothing of the machine; elsewhere the
 * Chrome that is installed. Rejects with what is missing.
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env["CHROMIUM"];
  if (named) return launch({ executablePath: named }, `CHROMIUM names ${named}`);
  if (process.platform !== "linux" || process.arch !== "x64") return launch({ channel: "chrome" }, `on ${process.platform} ${process.arch} the installed Chrome is used`);
  const folder = await unpacked();
  // Root may not use the browser's own sandbox.
  const options = { executablePath: join(folder, "chromium"), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] };
  return chromium.launch(options).catch(async (error) => {
    if (!String(error).includes("shared libraries")) throw error;
    // A machine without the libraries that a browser shares with a desktop: the package brings these too.
    setupLambdaEnvironment(join(folder, "al2023/lib"));
    return launch(options, "the Chromium of @sparticuz/chromium is used");
  });
}

/** The package's browser and libraries in a folder of their own, which appears as a whole: several tests may ask at once. */
async function unpacked(): Promise<string> {
  const home = new URL("..", import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as { version: string };
  const folder = fileURLToPath(new URL(`dist/chromium-${version}`, import.meta.url));
  if (existsSync(folder)) return folder;
  const parts = `${folder}.${process.pid}`;
  mkdirSync(parts, { recursive: true });
  const { TMPDIR } = process.env;
  // Where the package unpacks to.
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
    // Another one was first.
    rmSync(parts, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function launch(options: Parameters<typeof chromium.launch>[0], why: string): Promise<Browser> {
  return chromium.launch(options).catch((error: Error) => {
    throw new Error(`No browser could be started (${why}): install Chrome, or let CHROMIUM name a Chromium\n${error.message.split("\n").slice(0, 3).join("\n")}`);
  });
}
