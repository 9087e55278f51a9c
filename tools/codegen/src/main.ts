#!/usr/bin/env node
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";
import { folderLayout, workspaceLayout } from "./layout.ts";
import { compareOutput, writeOutput } from "./output.ts";
import { Refusal } from "./refusal.ts";

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

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    console.error(`codegen: ${options}; see codegen --help`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  const spec = resolve(options.spec ?? `${root}spec/openapi.yaml`);
  const layout = options.out === undefined ? workspaceLayout(root) : folderLayout(resolve(options.out));
  try {
    const files = await generate(spec, layout);
    const differences = compareOutput(files);
    if (options.check) return report(differences.map(({ file, change }) => `${change}: ${shown(file)}`));
    writeOutput(files, differences);
    console.log(`codegen: ${files.size} files from ${shown(spec)}, ${differences.length} of them changed`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal) && !isFileError(error)) throw error;
    console.error(`codegen: ${error.message}`);
    return 1;
  }
}

/** An error of the file system, such as a folder that cannot be written. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function report(differences: string[]): number {
  if (differences.length === 0) {
    console.log("codegen: the generated files are up to date");
    return 0;
  }
  console.error(`codegen: the generated files are not what the contract says; run npm run generate\n  ${differences.join("\n  ")}`);
  return 1;
}

function readOptions(argv: string[]) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        spec: { type: "string" },
        out: { type: "string" },
        check: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.spec !== undefined && values.out === undefined) return "--spec needs --out: a foreign document has no place here";
    return values;
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}
