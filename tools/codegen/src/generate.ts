import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleDocument } from "./bundle.ts";
import type { Json } from "./document.ts";
import type { Layout } from "./layout.ts";
import { normaliseContract } from "./normalise/contract.ts";
import { printCodecs } from "./print/codecs.ts";
import { printEquality } from "./print/equality.ts";
import { printExamples, printOperations } from "./print/operations.ts";
import { sourceFile } from "./print/source.ts";
import { printClient, printProvider } from "./print/stubs.ts";
import { printTypes } from "./print/types.ts";

const staticFolder = fileURLToPath(new URL("../static/", import.meta.url));

/** What printed codecs stand on: ordinary code, copied beside them so that they need no package. */
const staticFiles = ["check.ts", "codec.ts", "fault.ts", "integer.ts", "operation.ts", "read.ts", "reader.ts", "schema.ts", "secret.ts", "text-fault.ts", "write.ts"];

/**
 * Prints every file for an OpenAPI document: path to text. Reads files, writes none. Throws a `Refusal` for a document
 * that it does not print.
 */
export async function generate(spec: string, layout: Layout): Promise<Map<string, string>> {
  const document = await bundleDocument(spec);
  const contract = normaliseContract(document);
  const inFolder = (folder: string, files: Record<string, string>) =>
    Object.entries(files).map(([name, text]): [string, string] => [join(folder, name), text]);
  return new Map([
    ...inFolder(layout.folders.contract, {
      ...Object.fromEntries(staticFiles.map((name) => [name, sourceFile([readFileSync(staticFolder + name, "utf8")])])),
      "types.ts": await printTypes(document.root, contract),
      "equality.ts": printEquality(contract),
      "codecs.ts": printCodecs(contract),
      "operations.ts": printOperations(contract),
      "examples.ts": printExamples(contract),
      "index.ts": sourceFile(contractIndex),
      "openapi.json": `${printJson(document.root)}\n`,
    }),
    ...inFolder(layout.folders.client, { "client.ts": printClient(contract, layout) }),
    ...inFolder(layout.folders.server, { "provider.ts": printProvider(contract, layout) }),
  ]);
}

const contractIndex = [
  `export { type Codec, type Decoded, describeIssue, type Encodable, type Encoded, type Issue } from "./codec.ts";`,
  `export * from "./codecs.ts";`,
  `export * from "./operation.ts";`,
  `export { conceal, reveal, type Secret } from "./secret.ts";`,
  `export { operations } from "./operations.ts";`,
  `export type * from "./types.ts";`,
];

/** JSON with integers beyond 2^53 digit for digit. */
function printJson(root: Json): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(root, (_, value: unknown) => (typeof value === "bigint" ? rawJSON(String(value)) : value), 2);
}
