import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mark } from "./typescript/source-file.ts";

/** How the files on disk differ from those that were printed. */
export interface Difference {
  file: string;
  change: "missing" | "changed" | "surplus";
}

/** Compares, and touches nothing. A surplus file is one that an earlier run printed and this one did not. */
export function compareOutput(files: Map<string, string>): Difference[] {
  const differences = [...files].flatMap(([file, text]): Difference[] => {
    if (!existsSync(file)) return [{ file, change: "missing" }];
    return readFileSync(file, "utf8") === text ? [] : [{ file, change: "changed" }];
  });
  const folders = new Set([...files.keys()].map(dirname));
  const surplus = [...folders].flatMap((folder) => printedFiles(folder)).filter((file) => !files.has(file));
  return [...differences, ...surplus.map((file): Difference => ({ file, change: "surplus" }))];
}

/** Brings the files on disk to what was printed; a file that is the same already keeps its time. */
export function writeOutput(files: Map<string, string>, differences: Difference[]): void {
  for (const { file, change } of differences) {
    if (change === "surplus") {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, files.get(file) ?? "");
    renameSync(`${file}.new`, file);
  }
}

function printedFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((file) => readFileSync(file, "utf8").startsWith(mark));
}
