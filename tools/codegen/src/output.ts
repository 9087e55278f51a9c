import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mark } from "./typescript/source-file.ts";

/** One difference between the files on disk and the printed ones. */
export interface Difference {
  file: string;
  change: "missing" | "changed" | "surplus";
}

/** Compares without a change on disk. A surplus file was printed by an earlier run and not by this one. */
export function compareOutput(files: Map<string, string>): Difference[] {
  const differences = [...files].flatMap(([file, text]): Difference[] => {
    if (!existsSync(file)) return [{ file, change: "missing" }];
    return readFileSync(file, "utf8") === text ? [] : [{ file, change: "changed" }];
  });
  const folders = new Set([...files.keys()].map(dirname));
  const surplus = [...folders].flatMap((folder) => printedFiles(folder)).filter((file) => !files.has(file));
  return [...differences, ...surplus.map((file): Difference => ({ file, change: "surplus" }))];
}

/** Writes the printed files. A file that does not differ keeps its time. */
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
