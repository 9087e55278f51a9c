/**
 * Writes the page test/README.md: what each layer of tests proves, and which tests prove each interpretation and
 * status. The ids stand in the names of the tests, so the page says what there is. Run `node map.ts`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { parse } from "yaml";
import { type Layer, layers } from "./map-texts.ts";
import { root } from "./root.ts";
import { readTestNames, type TestName } from "./test-names.ts";

export const page = join(root, "test/README.md");

interface Interpretation {
  id: string;
  short: string;
  /** The packages do not follow it yet, and no test names it. */
  isAhead?: boolean;
}

interface Section {
  interpretations: Interpretation[];
}

const sections: Section[] = parse(readFileSync(join(root, "tools/docs/content/readings.yaml"), "utf8"));

/** The interpretations, each with a short text. */
export const interpretations = sections.flatMap((section) => section.interpretations);

/** The tests that name an interpretation. */
export const testsOfInterpretation = (names: readonly TestName[], id: string) =>
  filterByName(names, new RegExp(`\\b${id}\\b`));

/** The tests that name an operation and then its status. */
export const testsOfStatus = (names: readonly TestName[], operation: string, status: string) =>
  filterByName(names, new RegExp(`\\b${operation}\\b.*\\b${status}\\b`, "i"));

const filterByName = (names: readonly TestName[], pattern: RegExp) => names.filter(({ name }) => pattern.test(name));

/** The layer of a test file: the one with the file's folder, else the unit tests. */
export function layerOf(file: string): Layer {
  const layer = layers.find(({ folders }) => folders.some((folder) => file.startsWith(`${folder}/`)));
  return layer ?? (layers[0] as Layer);
}

/** Splits the layers of tests into the owner, which is the first in the order of `layers`, and those that echo it. */
export function splitLayers(tests: readonly TestName[]): { owner: Layer | undefined; echoes: Layer[] } {
  const found = new Set(tests.map(({ file }) => layerOf(file)));
  const [owner, ...echoes] = layers.filter((layer) => found.has(layer));
  return { owner, echoes };
}

export function printPage(): string {
  const names = readTestNames();
  return `# The tests

\`npx pnpm exec node test/readme/map.ts\` writes this page from the names of the tests: change those, not this page.

## What each layer proves

The layers are in order, from the nearest to the code outwards.

| Layer | Where | Proves |
|---|---|---|
${layers.map(printLayer).join("\n")}

## Interpretations

An interpretation is our answer to a question that the provider's description leaves open. The
tests have its id in their names.

Several layers prove the same rule, because it is about money. The *owner* of a rule is the layer nearest to the code:
the first in the table above that has a test of the rule. Change the rule there first, and look there first when it
breaks. The other layers only *echo* it: they show that the rule survives in a whole package, on a real socket or under
foreign tools.

| Id | Interpretation | Owner | Echoed by | Tests, owner first |
|---|---|---|---|---|
${interpretations.map((each) => printInterpretation(each, testsOfInterpretation(names, each.id))).join("\n")}

## Statuses

| Call | Status | Means | Tests |
|---|---|---|---|
${Object.values(operations)
  .flatMap((operation) => printStatuses(operation, names))
  .join("\n")}
`;
}

function printLayer({ name, folders, proves }: Layer): string {
  const where = folders.length > 0 ? folders.map((folder) => `\`${folder}\``).join(", ") : "beside each source";
  return `| ${name} | ${where} | ${proves} |`;
}

function printInterpretation({ id, short, isAhead }: Interpretation, tests: readonly TestName[]): string {
  const { owner, echoes } = splitLayers(tests);
  const echoNames = echoes.map(({ name }) => name).join(", ") || "–";
  const rule = isAhead ? `${short} (not built yet)` : short;
  return `| ${id} | ${rule} | ${owner ? printOwner(owner, tests) : ""} | ${echoNames} | ${printTests(tests)} |`;
}

/** The name of the owner; for unit tests, with their packages. */
function printOwner(owner: Layer, tests: readonly TestName[]): string {
  if (owner.folders.length > 0) return owner.name;
  const files = tests.filter(({ file }) => layerOf(file) === owner);
  const folders = new Set(files.map(({ file }) => file.split("/").slice(0, 2).join("/")));
  return `${owner.name} (${[...folders].map((folder) => `\`${folder}\``).join(", ")})`;
}

function printStatuses({ id, outcomes }: { id: string; outcomes: object }, names: readonly TestName[]): string[] {
  return Object.entries(outcomes).map(
    ([status, outcome]) => `| ${id} | \`${status}\` | ${outcome} | ${printTests(testsOfStatus(names, id, status))} |`,
  );
}

/** The first four tests in the order of their layers, and the number of the others. */
function printTests(tests: readonly TestName[]): string {
  const rank = ({ file }: TestName) => layers.indexOf(layerOf(file));
  const sorted = tests.toSorted((one, other) => rank(one) - rank(other));
  const shown = sorted.slice(0, 4).map(({ file, name }) => `${escapeCell(name)} (\`${file}\`)`);
  return [...shown, ...(tests.length > 4 ? [`and ${tests.length - 4} more`] : [])].join("<br>");
}

const escapeCell = (text: string) => text.replaceAll("|", "\\|").replaceAll("$", "");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, printPage());
  console.log(`Wrote ${page}`);
}
