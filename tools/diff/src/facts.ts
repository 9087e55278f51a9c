import { isJsonObject, type Json, type JsonObject } from "@codegames/codegen/document";

/** A status that an answer can carry. */
export interface Status {
  pointer: string;
  outcome: Json | undefined;
}

/** What this protocol says of an operation, in places that no other tool reads. */
export interface OperationFacts {
  id: string;
  pointer: string;
  /** By HTTP code and value, such as `200 WRONG_PRICE`. */
  statuses: Map<string, Status>;
  /** Pointers of the schemas that hold the statuses. */
  statusSchemas: string[];
  /** Whether a property is secret, by its place in the message, such as `200 /product/productKey`. */
  secrets: Map<string, { pointer: string; isSecret: boolean }>;
  /** `x-echo`, `x-inquiry` and `x-status-queue`. */
  extensions: Record<string, Json | undefined>;
}

/** The facts of every operation of a bundled contract, by method and path. */
export function readFacts(root: JsonObject): Map<string, OperationFacts> {
  const facts = new Map<string, OperationFacts>();
  for (const [path, item] of entriesOf(root["paths"])) {
    for (const [method, operation] of entriesOf(item)) {
      if (!isJsonObject(operation) || !("responses" in operation)) continue;
      facts.set(`${method} ${path}`, readOperation(root, operation, `/paths/${token(path)}/${method}`));
    }
  }
  return facts;
}

function readOperation(root: JsonObject, operation: JsonObject, pointer: string): OperationFacts {
  const { "x-echo": echo, "x-inquiry": inquiry, "x-status-queue": queue } = operation;
  const facts: OperationFacts = {
    id: String(operation["operationId"] ?? pointer), pointer, statuses: new Map(), statusSchemas: [], secrets: new Map(),
    extensions: { "x-echo": echo, "x-inquiry": inquiry, "x-status-queue": queue },
  };
  const messages: [name: string, message: Json, pointer: string][] = [
    ["request", operation["requestBody"] ?? null, `${pointer}/requestBody`],
    ...entriesOf(operation["responses"]).map(([code, response]): [string, Json, string] => [code, response, `${pointer}/responses/${code}`]),
  ];
  for (const [name, message, at] of messages) {
    const [resolved, place] = resolve(root, message, at);
    for (const [type, media] of entriesOf(isJsonObject(resolved) ? resolved["content"] : undefined)) {
      if (isJsonObject(media)) readSchema({ root, facts, message: name }, media["schema"], `${place}/content/${token(type)}/schema`, "");
    }
  }
  return facts;
}

interface Reading {
  root: JsonObject;
  facts: OperationFacts;
  message: string;
}

/** Reads a schema; `path` is its place in the message, the same for every variant of a `oneOf`. */
function readSchema(reading: Reading, schema: Json | undefined, pointer: string, path: string): void {
  const [node, place] = resolve(reading.root, schema, pointer);
  // A schema that contains itself ends here.
  if (!isJsonObject(node) || path.split("/").length > 20) return;
  const { facts, message } = reading;
  if (path !== "") {
    const key = `${message} ${path}`;
    const isSecret = node["x-secret"] === true || isJsonObject(schema) && schema["x-secret"] === true;
    facts.secrets.set(key, { pointer: place, isSecret: isSecret || facts.secrets.get(key)?.isSecret === true });
  }
  if (path === "/status" && /^2/.test(message)) {
    const outcomes = isJsonObject(node["x-outcome"]) ? node["x-outcome"] : {};
    const values = Array.isArray(node["enum"]) ? node["enum"] : "const" in node ? [node["const"]] : [];
    for (const value of values) facts.statuses.set(`${message} ${value}`, { pointer: place, outcome: outcomes[String(value)] });
    facts.statusSchemas.push(place);
  }
  for (const [name, property] of entriesOf(node["properties"])) readSchema(reading, property, `${place}/properties/${token(name)}`, `${path}/${token(name)}`);
  if ("items" in node) readSchema(reading, node["items"], `${place}/items`, `${path}/*`);
  for (const keyword of ["oneOf", "anyOf", "allOf"]) {
    const variants = node[keyword];
    if (Array.isArray(variants)) for (const [index, variant] of variants.entries()) readSchema(reading, variant, `${place}/${keyword}/${index}`, path);
  }
}

/** The node behind a chain of references within the document, and where it is. */
export function resolve(root: JsonObject, node: Json | undefined, pointer: string): [Json | undefined, string] {
  for (let hops = 0; isJsonObject(node) && typeof node["$ref"] === "string" && node["$ref"].startsWith("#/") && hops < 20; hops++) {
    pointer = node["$ref"].slice(1);
    node = valueAt(root, pointer);
  }
  return [node, pointer];
}

export const valueAt = (root: JsonObject, pointer: string): Json | undefined =>
  pointer.split("/").slice(1).map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((value: Json | undefined, each) => (value as JsonObject | undefined)?.[each], root);

const entriesOf = (node: Json | undefined): [string, Json][] => (isJsonObject(node) ? Object.entries(node) : []);

const token = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
