import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

export interface TestName {
  /** Path in the repository. */
  file: string;
  name: string;
}

/** The title of a `test(…)` or `describe(…)`, also after `.each(…)`. */
const title = /\b(?:test|describe)(?:\.\w+)?(?:\((?:[^()`"]|\([^()]*\)|"[^"]*")*\))?\(\s*(["'`])((?:\\.|(?!\1).)+)\1/g;

/** The id and name of a certification case. */
const certificationCase = /\bid: "([MP]\d\d)",\s*name: "([^"]+)"/g;

/** The name of a case in a table, which begins with an id such as M12 or C3. */
const tableCase = /(?:name: |[([]\s*)(["`])([MPCDE]\d\d? (?:(?!\1).)+)\1/g;

/** The names of all tests, of the cases of tables, and of the interactions of the pact. */
export function readTestNames(): TestName[] {
  const files = ["packages", "test", "tools", "spec"].flatMap(findFiles);
  const sources = files.filter((file) => /\.test\.ts$|^test\/.*(cases|faults)\.ts$/.test(file)).toSorted();
  const pacts = files.filter((file) => /^packages\/contract\/pacts\/.*\.json$/.test(file));
  return [...sources.flatMap(readSource), ...pacts.flatMap(readPact)];
}

function readSource(file: string): TestName[] {
  const text = readFileSync(join(root, file), "utf8");
  const names = [
    ...[...text.matchAll(title)].map(([, , name = ""]) => name),
    ...[...text.matchAll(certificationCase)].map(([, id, name]) => `${id} ${name}`),
    ...[...text.matchAll(tableCase)].map(([, , name = ""]) => name),
  ];
  return [...new Set(names)].map((name) => ({ file, name }));
}

function readPact(file: string): TestName[] {
  const pact = JSON.parse(readFileSync(join(root, file), "utf8")) as { interactions: { description: string }[] };
  return pact.interactions.map(({ description }) => ({ file, name: description }));
}

function findFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    return entry.isDirectory() ? findFiles(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`];
  });
}
