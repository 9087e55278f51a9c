import { readFileSync } from "node:fs";
import { parse } from "yaml";

const root = new URL("../../../../", import.meta.url);

/** Reads a text file of the repository. */
export function readText(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

/** Reads `content/NAME.yaml`. */
export function readContentData<T>(name: string): T {
  return parse(readText(`tools/docs/content/${name}.yaml`)) as T;
}
