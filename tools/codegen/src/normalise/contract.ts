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
  if (!/^3\.1\.\d+$/.test(version.string())) throw version.refuse(`OpenAPI ${quote(version.node)} is not supported; allowed: 3.1`);
  root.allowOnly("an OpenAPI document", [
    "openapi", "info", "jsonSchemaDialect", "servers", "paths", "components", "security", "tags", "externalDocs",
  ]);
  const schemas = new SchemaNormaliser(document);
  const operations = normaliseOperations(root.child("paths"), schemas);
  const info = root.child("info");
  return { title: info.text("title"), description: info.text("description"), operations, shapes: schemas.finish() };
}
