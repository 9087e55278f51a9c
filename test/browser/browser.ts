import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";

/**
 * A real Chromium: the one that CHROMIUM names; on Linux the one of an npm package, which needs nothing of the machine; elsewhere the
 * Chrome that is installed. Rejects with what is missing.
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env["CHROMIUM"];
  if (named) return launch({ executablePath: named }, `CHROMIUM names ${named}`);
  if (process.platform !== "linux" || process.arch !== "x64") return launch({ channel: "chrome" }, `on ${process.platform} ${process.arch} the installed Chrome is used`);
  const { default: packed, inflate, setupLambdaEnvironment } = await import("@sparticuz/chromium");
  const options = { executablePath: await packed.executablePath(), args: ["--no-sandbox"] };
  return chromium.launch(options).catch(async (error) => {
    if (!String(error).includes("shared libraries")) throw error;
    // A machine without the libraries that a browser shares with a desktop: the package brings these too.
    await inflate(fileURLToPath(new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"))));
    setupLambdaEnvironment(join(tmpdir(), "al2023/lib"));
    return launch(options, "the Chromium of @sparticuz/chromium is used");
  });
}

function launch(options: Parameters<typeof chromium.launch>[0], why: string): Promise<Browser> {
  return chromium.launch(options).catch((error: Error) => {
    throw new Error(`No browser could be started (${why}): install Chrome, or let CHROMIUM name a Chromium\n${error.message.split("\n").slice(0, 3).join("\n")}`);
  });
}
