import { createHash } from "node:crypto";
import { basename, join, relative } from "node:path";
import { bundleDocument } from "./bundle.ts";
import type { Layout } from "./layout.ts";
import { normaliseContract } from "./normalise/contract.ts";
import { printClient } from "./print/client.ts";
import { printCodecs } from "./print/codecs.ts";
import { printEquality } from "./print/equality.ts";
import { printExamples } from "./print/examples.ts";
import { printIndex } from "./print/index.ts";
import { printOpenapi } from "./print/openapi.ts";
import { printOperations } from "./print/operations.ts";
import { printProvider } from "./print/provider.ts";
import { printTypes } from "./print/types.ts";
import { sourceFile } from "./typescript/source-file.ts";

/**
 * Prints every file for an OpenAPI document: path to text. It reads files and writes none.
 *
 * @throws A {@link Refusal} when the document holds something that the generator does not print.
 */
export async function generate(spec: string, layout: Layout): Promise<Map<string, string>> {
  const document = await bundleDocument(spec);
  const contract = normaliseContract(document);
  const openapi = printOpenapi(document.root);
  const sha256 = createHash("sha256").update(openapi).digest("hex");
  const origin = { name: nameBelow(layout.root, spec), sha256 };
  const { contract: contractFolder, client, server } = layout.folders;
  const code = {
    [join(contractFolder, "types.ts")]: await printTypes(document.root, contract),
    [join(contractFolder, "equality.ts")]: printEquality(contract),
    [join(contractFolder, "codecs.ts")]: printCodecs(contract),
    [join(contractFolder, "operations.ts")]: printOperations(contract),
    [join(contractFolder, "examples.ts")]: printExamples(contract),
    [join(contractFolder, "index.ts")]: printIndex(contract),
    [join(client, "client.ts")]: printClient(contract, layout),
    [join(server, "provider.ts")]: printProvider(contract, layout),
  };
  return new Map([
    ...Object.entries(code).map(([file, text]): [string, string] => [file, sourceFile(origin, text)]),
    [join(contractFolder, "openapi.json"), openapi],
  ]);
}

/** The path below a folder; of a file elsewhere, its name alone. */
function nameBelow(root: string, file: string): string {
  const path = relative(root, file).replaceAll("\\", "/");
  return /^\.\.|^\/|:/.test(path) ? basename(file) : path;
}
