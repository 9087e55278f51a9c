import type { Document } from "../document.ts";
import { quote } from "../refusal.ts";
import { Place } from "./keywords.ts";
import { type Contract, type NamedShape, receivedName } from "./model.ts";
import { normaliseOperations } from "./operation.ts";
import { markReceivedViews } from "./received.ts";
import { SchemaNormaliser } from "./schema.ts";

/**
 * Turns a bundled OpenAPI 3.1 document into the flat contract that the printers read.
 *
 * @throws A {@link Refusal} for everything that the generator does not print.
 */
export function normaliseContract(document: Document): Contract {
  const root = new Place(document, "", document.root);
  const version = root.child("openapi");
  const swagger = root.child("swagger");
  if (root.has("swagger"))
    throw swagger.refuse(`Swagger ${quote(swagger.node)} is not supported; allowed: OpenAPI 3.1`);
  if (!/^3\.1\.\d+$/.test(version.string())) {
    throw version.refuse(`OpenAPI ${quote(version.node)} is not supported; allowed: 3.1`);
  }
  root.allowOnly("an OpenAPI document", [
    "openapi",
    "info",
    "jsonSchemaDialect",
    "servers",
    "paths",
    "components",
    "security",
    "tags",
    "externalDocs",
    "x-problem-types",
  ]);
  const components = readNames(root.child("components").child("schemas"));
  const schemas = new SchemaNormaliser(document);
  const operations = normaliseOperations(root.child("paths"), schemas);
  const shapes = schemas.finish();
  markReceivedViews(schemas.marks, shapes, operations);
  refuseTakenViews(document, shapes, components);
  const info = root.child("info");
  return {
    title: info.text("title"),
    description: info.text("description"),
    problemTypes: root.has("x-problem-types") ? readProblemTypes(root.child("x-problem-types")) : undefined,
    operations,
    components,
    shapes,
  };
}

/** Reads `x-problem-types`. A kind of problem is appended to it as a fragment, so it has none (RFC 9457, 3.1.1). */
function readProblemTypes(place: Place): string {
  const address = place.string();
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? "") && !/[#\s]/.test(address)) return address;
  throw place.refuse(`${quote(address)} must be the address of a page, http or https, without a fragment`);
}

/** Refuses a schema whose received view would get the name of another schema. */
function refuseTakenViews(document: Document, shapes: readonly NamedShape[], components: readonly string[]): void {
  const names = new Set([...components, ...shapes.map(({ name }) => name)]);
  for (const shape of shapes) {
    const view = receivedName(shape);
    if (view === shape.name || !names.has(view)) continue;
    const place = new Place(document, shape.pointer, undefined);
    throw place.refuse(`is read as ${quote(view)}, a name that another schema has`);
  }
}

/** Names that printed files export or use, and that a schema of the same name would hide. */
export const taken = ["Decoded", "Encodable", "Encoded", "Issue", "Operation", "OutcomeClass", "Record", "Secret"];

function readNames(schemas: Place): string[] {
  const components = schemas.node === undefined ? [] : schemas.children();
  for (const [name, place] of components) {
    if (!/^[A-Z]\w*$/.test(name)) {
      throw place.refuse(`name ${quote(name)} must begin with a capital and be letters, digits and _ (ASCII)`);
    }
    if (taken.includes(name) || name.endsWith("Codec")) {
      throw place.refuse(`name ${quote(name)} is taken by the printed code; give the schema another`);
    }
  }
  return components.map(([name]) => name);
}
