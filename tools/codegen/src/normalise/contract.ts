import type { Document } from "../document.ts";
import { quote } from "../refusal.ts";
import { Place } from "./keywords.ts";
import type { Contract } from "./model.ts";
import { normaliseOperations } from "./operation.ts";
import { SchemaNormaliser } from "./schema.ts";

/** Turns a bundled OpenAPI 3.1 document into what the printers read, or refuses it. */
export function normaliseContract(document: Document): Contract {
  const root = new Place(document, "", document.root);
  const version = root.child("openapi");
  if (root.has("swagger")) throw root.child("swagger").refuse(`Swagger ${quote(root.child("swagger").node)} is not supported; allowed: OpenAPI 3.1`);
  if (!/^3\.1\.\d+$/.test(version.string())) throw version.refuse(`OpenAPI ${quote(version.node)} is not supported; allowed: 3.1`);
  root.allowOnly("an OpenAPI document", [
    "openapi", "info", "jsonSchemaDialect", "servers", "paths", "components", "security", "tags", "externalDocs",
  ]);
  checkNames(root.child("components").child("schemas"));
  const schemas = new SchemaNormaliser(document);
  const operations = normaliseOperations(root.child("paths"), schemas);
  const info = root.child("info");
  return { title: info.text("title"), description: info.text("description"), operations, shapes: schemas.finish() };
}

/** What the printed files export beside the types. */
const taken = new Set([
  "Codec", "Decoded", "Encodable", "Encoded", "Issue", "Operation", "OutcomeClass", "Secret", "components", "conceal", "describeIssue", "operations",
  "paths", "reveal",
]);

function checkNames(schemas: Place): void {
  for (const [name, place] of schemas.node === undefined ? [] : schemas.children()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw place.refuse(`name ${quote(name)} must be letters, digits and _`);
    if (taken.has(name)) throw place.refuse(`name ${quote(name)} is taken by the printed code; give the schema another`);
  }
}
