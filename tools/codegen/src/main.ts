#!/usr/bin/env node
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand, WrongUse } from "@codegames/command-line";
import { folderLayout, workspaceLayout } from "./layout.ts";
import { compareOutput, writeOutput } from "./output.ts";

const help = `codegen: OpenAPI 3.1 to typed TypeScript for both sides

  codegen                         the contract of this repository to packages/*/src/gen
  codegen --spec FILE --out DIR   any document to DIR/contract, DIR/client and DIR/server
  codegen --check                 writes nothing; exits 1 when the files differ from what would be written

  --spec FILE   the document, YAML or JSON   (default: spec/openapi.yaml)
  --out DIR     where the files go
  --check       compare instead of write
  --help        this text

Exit codes: 0 done, 1 the document is refused or the files differ, 2 wrong use.
`;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const shown = (file: string) => relative(process.cwd(), file) || ".";

process.exitCode = await runCommand({
  name: "codegen",
  help,
  node: "22.13",
  options: {
    spec: { type: "string" },
    out: { type: "string" },
    check: { type: "boolean", default: false },
  },
  async run({ spec, out, check }) {
    if (spec !== undefined && out === undefined) {
      throw new WrongUse("--spec needs --out: a foreign document has no place here");
    }
    const source = resolve(spec ?? `${root}spec/openapi.yaml`);
    const { generate } = await import("./generate.ts");
    const files = await generate(source, out === undefined ? workspaceLayout(root) : folderLayout(resolve(out)));
    const differences = compareOutput(files);
    if (check) return report(differences.map(({ file, change }) => `${change}: ${shown(file)}`));
    writeOutput(files, differences);
    console.log(`codegen: ${files.size} files from ${shown(source)}, ${differences.length} of them changed`);
    return 0;
  },
});

function report(differences: string[]): number {
  if (differences.length === 0) {
    console.log("codegen: the generated files are up to date");
    return 0;
  }
  const list = differences.join("\n  ");
  console.error(`codegen: the generated files are not what the contract says; run npm run generate\n  ${list}`);
  return 1;
}
