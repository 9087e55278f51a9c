import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findWideLines, maxWidth } from "./line-width.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Generated, or written by a tool of a release. */
const unchecked = [
  /(?:^|\/)(?:gen|cases|pacts|released)\/|^test\/README\.md$|\/vectors\/\w+\.json$/,
  /CHANGELOG\.md$|pnpm-lock\.yaml$|\.svg$|LICENSE$/,
];

const isFix = process.argv.includes("--fix");
const run = (command: string, ...args: string[]) => {
  const { status } = spawnSync(`${root}node_modules/.bin/${command}`, args, {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
};

const failed = [
  ...(run("oxfmt", ...(isFix ? [] : ["--check"])) ? [] : ["the formatter: npm run format mends it"]),
  ...(run("oxlint", ...(isFix ? ["--fix"] : [])) ? [] : ["the linter: npm run format mends some of it"]),
  ...(checkWidth() ? [] : [`the width: split the text into lines of at most ${maxWidth} characters`]),
];
for (const reason of failed) console.error(`style: refused by ${reason}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function checkWidth(): boolean {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  let isRight = true;
  for (const file of list.split("\0").filter((name) => name !== "" && !unchecked.some((each) => each.test(name)))) {
    const text = readText(file);
    for (const { line, width } of findWideLines(file, text)) {
      console.error(`${file}:${line}: has ${width} characters, must have at most ${maxWidth} (line-width)`);
      isRight = false;
    }
  }
  return isRight;
}

/** The text of a file; nothing of one that was deleted, or that holds no text. */
function readText(file: string): string {
  try {
    const text = readFileSync(`${root}${file}`, "utf8");
    return text.includes("\0") ? "" : text;
  } catch {
    return "";
  }
}
