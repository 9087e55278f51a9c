/**
 * The page test/README.md: what each layer of tests proves, and which test proves each interpretation and each status. The ids stand
 * in the names of the tests, so that the page says what there is. `node map.ts` writes it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { parse } from "yaml";
import { layers } from "./map-texts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const page = join(root, "test/README.md");

interface Section {
  interpretations: { id: string; short: string }[];
}

const sections: Section[] = parse(readFileSync(join(root, "tools/docs/content/readings.yaml"), "utf8"));

/** The open questions of the protocol, each with the interpretation in a few words. */
export const readings = sections.flatMap((section) => section.interpretations);

interface Named {
  file: string;
  name: string;
}

/** The names of all tests: of `test(…)`, of `describe(…)`, of the cases of tables, and of the interactions of the pact. */
export function testNames(): Named[] {
  const files = ["packages", "test", "tools", "spec"].flatMap(filesIn);
  const sources = files.filter((file) => /\.test\.ts$/.test(file) || /test\/.*(cases|faults)\.ts$/.test(file)).sort();
  const named = sources.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const titles = [...text.matchAll(/\b(?:test|describe)(?:\.\w+)?(?:\((?:[^()`"]|\([^()]*\)|"[^"]*")*\))?\(\s*(["'`])((?:\\.|(?!\1).)+)\1/g)].map(([, , title = ""]) => title);
    const cases = [...text.matchAll(/\bid: "([MP]\d\d)", name: "([^"]+)"/g)].map(([, id, name]) => `${id} ${name}`);
    const tables = [...text.matchAll(/(?:name: |\(|\[)"([MPCDE]\d\d? [^"]+)"/g)].map(([, name = ""]) => name);
    return [...titles, ...cases, ...tables].map((name) => ({ file, name }));
  });
  const pact = files.find((file) => /^packages\/contract\/pacts\/.*\.json$/.test(file));
  const interactions: { description: string }[] = pact ? JSON.parse(readFileSync(join(root, pact), "utf8")).interactions : [];
  return [...named, ...interactions.map(({ description }) => ({ file: pact as string, name: description }))];
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    return entry.isDirectory() ? filesIn(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`];
  });
}

/** The tests whose name has a word. */
const having = (names: readonly Named[], word: RegExp) => names.filter(({ name }) => word.test(name));

export const ofReading = (names: readonly Named[], id: string) => having(names, new RegExp(`\\b${id}\\b`));

export const ofStatus = (names: readonly Named[], operation: string, status: string) => having(names, new RegExp(`\\b${operation}\\b.*\\b${status}\\b`, "i"));

export function printPage(): string {
  const names = testNames();
  const list = (found: readonly Named[]) => {
    const shown = found.slice(0, 4).map(({ file, name }) => `${name.replaceAll("|", "\\|").replaceAll("$", "")} (\`${file}\`)`);
    return [...shown, ...(found.length > 4 ? [`and ${found.length - 4} more`] : [])].join("<br>");
  };
  const statuses = Object.values(operations).flatMap(({ id, outcomes }) => Object.entries(outcomes).map(([status, outcome]) => ({ id, status, outcome })));
  return `# The tests

Written by \`node test/readme/map.ts\` from the names of the tests: change those, not this page.

## What each layer proves

| Layer | Where | Proves |
|---|---|---|
${layers.map(({ name, where, proves }) => `| ${name} | ${where} | ${proves} |`).join("\n")}

## Interpretations

What the protocol leaves open, the interpretation that is taken, and the tests that have its id in their name.

| Id | Interpretation | Tests |
|---|---|---|
${readings.map(({ id, short }) => `| ${id} | ${short} | ${list(ofReading(names, id))} |`).join("\n")}

## Statuses

| Call | Status | Means | Tests |
|---|---|---|---|
${statuses.map(({ id, status, outcome }) => `| ${id} | \`${status}\` | ${outcome} | ${list(ofStatus(names, id, status))} |`).join("\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, printPage());
  console.log(`Wrote ${page}`);
}
