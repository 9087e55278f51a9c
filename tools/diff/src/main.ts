import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@codegames/codegen/document";
import { runCommand, WrongUse } from "@codegames/command-line";
import { type Change, impactOf, impacts } from "./change.ts";
import { isAtLeast, leastVersion, readVersion } from "./version.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const defaults = { base: `${root}spec/released/openapi.json`, revision: `${root}spec/openapi.yaml` };
const shown = (file: string) => relative(process.cwd(), file) || ".";

const help = `diff: lists the changes of the contract since its last release, and checks that its version fits them

  npm run diff -- [--base FILE] [--revision FILE]
  npm run diff -- --release

  --base FILE       the released contract, OpenAPI in YAML or JSON   (default: spec/released/openapi.json)
  --revision FILE   the contract of the next release                 (default: spec/openapi.yaml)
  --release         records the contract as released: writes spec/released/openapi.json, unless the version is too small
  --help            this text

Each change is listed with the version step that it demands, its rule, its place in the bundled contract, and the
reason. Below 1.0 a major change demands a minor version.

Exit codes: 0 the version fits, 1 the version is too small, 2 wrong use or an unreadable document.
`;

process.exitCode = await runCommand({
  name: "diff",
  call: "npm run diff --",
  help,
  node: "24",
  options: {
    base: { type: "string", default: defaults.base },
    revision: { type: "string", default: defaults.revision },
    release: { type: "boolean", default: false },
  },
  async run(options) {
    const isForeign = options.base !== defaults.base || options.revision !== defaults.revision;
    if (options.release && isForeign) throw new WrongUse("--release takes neither --base nor --revision");
    try {
      return await compare(options);
    } catch (error) {
      console.error(`diff: ${(error as Error).message}`);
      return 2;
    }
  },
});

interface Options {
  base: string;
  revision: string;
  release: boolean;
}

async function compare(options: Options): Promise<number> {
  const { compareContracts, printJson } = await import("./compare.ts");
  const [base, revision] = [await read(options.base), await read(options.revision)];
  const changes = await compareContracts(base.contract, revision.contract);
  const least = leastVersion(base.version, impactOf(changes));
  const isEnough = isAtLeast(revision.version, least);
  console.log(report(changes));
  const verdict = `released ${base.version}, now ${revision.version}, at least ${least} is needed`;
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
}

async function read(file: string): Promise<{ contract: JsonObject; version: string }> {
  // Reports a folder or a missing file with the system's reason, which the bundler hides.
  readFileSync(file);
  const { bundleDocument } = await import("@codegames/codegen/bundle");
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
  const lines = changes.map(({ impact, rule, pointer, why }) => {
    const place = pointer || "(the whole document)";
    return `${impact.padEnd(5)}  ${rule}  ${place}\n       ${why}`;
  });
  return `${lines.join("\n")}\n\n${counts}`;
}
