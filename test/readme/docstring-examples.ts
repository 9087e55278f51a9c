import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

/** An `@example` in a docstring. */
export interface Example {
  /** The folder of the package, such as `client`. */
  packageName: string;
  /** The documented name. */
  name: string;
  /** Path in the repository. */
  file: string;
  /** The module in its ```ts fence; undefined without one. */
  code: string | undefined;
}

/** A docstring and the name that it documents. */
const docstring =
  /\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:export\s+)?(?:async\s+)?(?:function|const|class|interface|type)?\s*([\w$]+)/gs;

/** The examples in the sources of all packages, except generated code and tests. */
export function readExamples(): Example[] {
  const files = globSync("packages/*/src/**/*.ts", { cwd: root }).map((file) => file.replaceAll("\\", "/"));
  const sources = files.filter((file) => !file.includes("/gen/") && !file.endsWith(".test.ts"));
  return sources.toSorted().flatMap((file) => parseExamples(file, readFileSync(join(root, file), "utf8")));
}

/** The examples in the text of one source file. */
export function parseExamples(file: string, text: string): Example[] {
  const packageName = file.split("/")[1] ?? "";
  return [...text.matchAll(docstring)].flatMap(([, comment = "", name = ""]) => {
    const [, ...examples] = comment.replaceAll(/^ *\* ?/gm, "").split(/^@example\b/m);
    return examples.map((example) => ({ packageName, name, file, code: codeOf(example) }));
  });
}

/** The code of the first ts fence, without the indent that the formatter gives it. */
function codeOf(example: string): string | undefined {
  const [, indent = "", code] = /^( *)```ts\n(.*?)^\1```$/ms.exec(example) ?? [];
  return code?.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}
