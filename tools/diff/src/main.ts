import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleDocument } from "@codegames/codegen/bundle";
import type { JsonObject } from "@codegames/codegen/document";
import { type Change, impactOf, impacts } from "./change.ts";
import { compareContracts, printJson } from "./compare.ts";
import { isAtLeast, leastVersion, readVersion } from "./version.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const defaults = { base: `${root}spec/released/openapi.json`, revision: `${root}spec/openapi.yaml` };
const shown = (file: string) => relative(process.cwd(), file) || ".";

const help = `diff: lists what has changed in the contract since its last release, and says whether its version says so

  npm run diff -- [--base FILE] [--revision FILE]
  npm run diff -- --release

  --base FILE       the released contract, OpenAPI in YAML or JSON   (default: spec/released/openapi.json)
  --revision FILE   the contract that is to follow it                (default: spec/openapi.yaml)
  --release         makes the present contract the released one: writes spec/released/openapi.json, unless the version is too small
  --help            this text

Each line is a change: what it demands of info.version, the rule that says so, the place in the bundled contract, and why. Below 1.0
a major change demands a minor version.

Exit codes: 0 in order, 1 the version is too small, 2 wrong use or a document that cannot be read.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    console.error(`diff: ${options}; see npm run diff -- --help`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  try {
    const [base, revision] = [await read(options.base), await read(options.revision)];
    const changes = await compareContracts(base.contract, revision.contract);
    const least = leastVersion(base.version, impactOf(changes));
    const isEnough = isAtLeast(revision.version, least);
    console.log(report(changes));
    const verdict = `released ${base.version}, now ${revision.version}, at least ${least} ${isEnough ? "in order" : "is needed"}`;
    if (!isEnough) {
      console.error(`diff: the version is too small: ${verdict}; raise info.version in ${shown(options.revision)}`);
      return 1;
    }
    console.log(verdict);
    if (options.release) {
      writeFileSync(defaults.base, printJson(revision.contract));
      console.log(`${shown(defaults.base)} is now ${revision.version}`);
    }
    return 0;
  } catch (error) {
    console.error(`diff: ${(error as Error).message}`);
    return 2;
  }
}

async function read(file: string): Promise<{ contract: JsonObject; version: string }> {
  // A folder, or a file that is not there, is told with the reason of the system.
  readFileSync(file);
  const { root: contract } = await bundleDocument(file);
  const version = (contract["info"] as JsonObject | undefined)?.["version"];
  try {
    readVersion(version);
  } catch (error) {
    throw new TypeError(`${shown(file)}: ${(error as Error).message}`);
  }
  return { contract, version: version as string };
}

function report(changes: Change[]): string {
  if (changes.length === 0) return "no changes";
  const counts = impacts.map((each) => `${changes.filter(({ impact }) => impact === each).length} ${each}`).join(", ");
  return `${changes.map(({ impact, rule, pointer, why }) => `${impact.padEnd(5)}  ${rule}  ${pointer || "(the whole document)"}\n       ${why}`).join("\n")}\n\n${counts}`;
}

function readOptions(argv: string[]) {
  try {
    const { values } = parseArgs({
      args: argv.filter((arg) => arg !== "--"),
      options: {
        base: { type: "string", default: defaults.base },
        revision: { type: "string", default: defaults.revision },
        release: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const isForeign = values.base !== defaults.base || values.revision !== defaults.revision;
    return values.release && isForeign ? "--release takes neither --base nor --revision" : values;
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}
