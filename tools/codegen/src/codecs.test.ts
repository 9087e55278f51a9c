import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Codec } from "@codegames/codec";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { generate } from "./generate.ts";
import { folderLayout } from "./layout.ts";
import { documentsOf, type JsonSchema, withSpoilt } from "./random-documents.ts";

/** Documents per schema that our codec and ajv must agree on. */
const numDocuments = Number(process.env["CODEC_RUNS"] ?? 100_000);

const folder = fileURLToPath(new URL("../", import.meta.url));

const contract = [
  "CheckRequest",
  "CheckResponse",
  "PayRequest",
  "PayResponse",
  "StatusRequest",
  "StatusResponse",
  "Problem",
];

describe.each([
  { spec: join(folder, "../../spec/openapi.yaml"), names: contract },
  { spec: join(folder, "cases/printed/keywords/openapi.yaml"), names: ["Everything"] },
  { spec: join(folder, "cases/printed/corners/openapi.yaml"), names: ["Corners"] },
])("the codecs of $spec", ({ spec, names }) => {
  let codecs: Record<string, Codec<unknown>>;
  let schemas: Record<string, JsonSchema>;
  let validators: Record<string, ValidateFunction>;
  /** Whether the last document had an integer beyond 2^53 for an int64. ajv rounds it; other tests cover these. */
  let isApart: boolean;

  beforeAll(async () => {
    const out = join(folder, "dist/codecs", basename(dirname(spec)));
    rmSync(out, { recursive: true, force: true });
    for (const [file, text] of await generate(spec, folderLayout(out))) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    codecs = await import(join(out, "contract/codecs.ts"));
    const { default: document } = await import(join(out, "contract/openapi.json"));
    ({ schemas } = document.components);
    const ajv = new Ajv2020({
      strict: false,
      strictNumbers: true,
      formats: {
        double: true,
        "uri-reference": true,
        int64: { type: "number", validate: (value: number) => ((isApart ||= !Number.isSafeInteger(value)), true) },
        int32: { type: "number", validate: (value: number) => value >= -(2 ** 31) && value < 2 ** 31 },
      },
    });
    ajv.addSchema(document, "contract");
    validators = Object.fromEntries(
      names.map((name) => [name, ajv.compile({ $ref: `contract#/components/schemas/${name}` })]),
    );
  });

  test.each(names)(
    "agree with ajv on %s, decoding and encoding",
    (name) => {
      const codec = codecs[`${name}Codec`];
      const validate = validators[name];
      const schema = schemas[name];
      if (!codec || !validate || !schema) throw new Error(`${name} is not in the printed files`);
      const counts = { valid: 0, invalid: 0 };
      const agree = (document: unknown) => {
        isApart = false;
        const isValid = validate(document);
        if (isApart) return;
        counts[isValid ? "valid" : "invalid"]++;
        const text = JSON.stringify(document);
        const decoded = codec.decode(text);
        if (decoded.ok !== isValid)
          throw new Error(`decode says ${JSON.stringify(decoded.ok || decoded.issue)} of ${text}`);
        const encoded = codec.encode(document);
        if (encoded.ok !== isValid)
          throw new Error(`encode says ${JSON.stringify(encoded.ok || encoded.issue)} of ${text}`);
        if (!decoded.ok || !encoded.ok) return;
        const again = codec.encode(decoded.value);
        if (!again.ok || withoutEmptySecrets(again.text) !== withoutEmptySecrets(encoded.text))
          throw new Error(`encode makes ${JSON.stringify(again)} of ${text}`);
        if (!isPartOf(JSON.parse(encoded.text), document)) throw new Error(`encode makes ${encoded.text} of ${text}`);
      };
      const count = () => counts.valid + counts.invalid;
      // Again for those that were apart, until a round of a thousand or more has no others.
      for (let before = -1; before < count() && count() < numDocuments;) {
        before = count();
        fc.assert(
          fc.property(withSpoilt(documentsOf(schema, schemas)), (documents) => documents.forEach(agree)),
          { numRuns: Math.max(1000, Math.ceil((numDocuments - before) / 3)) },
        );
      }
      console.log(`${name}: ${counts.valid} valid and ${counts.invalid} invalid documents, all as ajv says`);
      expect(count()).toBeGreaterThanOrEqual(numDocuments);
      expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(numDocuments / 10);
    },
    300_000,
  );
});

/** Decoding takes an optional secret that is empty for absent. */
const withoutEmptySecrets = (text: string) =>
  text.replace(/,?"(productKey|token)":(""|null)/g, "").replaceAll("{,", "{");

/** Whether every member that was written is in the document with the same value; unknown members may be left out. */
function isPartOf(written: unknown, document: unknown): boolean {
  if (typeof written !== "object" || written === null || typeof document !== "object" || document === null) {
    return Object.is(written, document) || (written === 0 && document === 0);
  }
  if (Array.isArray(written) !== Array.isArray(document)) return false;
  if (Array.isArray(written) && written.length !== (document as unknown[]).length) return false;
  return Object.entries(written).every(([key, value]) => isPartOf(value, (document as Record<string, unknown>)[key]));
}
