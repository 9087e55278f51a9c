import { appendToken, valueAt } from "@codegames/codec/json-pointer";
import { isJsonObject, type Json, type JsonObject } from "@codegames/codegen/document";

/** A status that an answer can carry. */
export interface Status {
  pointer: string;
  /** The class that `x-outcome` gives the status. */
  outcome: string;
}

/** What the contract says about a property of an answer. */
export interface AnswerMember {
  pointer: string;
  /** The place of the property in the answer, such as `/product/name`. */
  path: string;
  isRequired: boolean;
  /** Whether it has `x-decides: false`. */
  decidesNothing: boolean;
}

/** The parts of an operation that only this protocol's own rules understand. */
export interface OperationFacts {
  id: string;
  pointer: string;
  /** By HTTP code and value, such as `200 WRONG_PRICE`. */
  statuses: Map<string, Status>;
  /** Pointers of the schemas that hold the statuses. */
  statusSchemas: string[];
  /** Whether a property is secret, by its place in the message, such as `200 /product/productKey`. */
  secrets: Map<string, { pointer: string; isSecret: boolean }>;
  /** Whether a reader can do without a property of an answer, by message and pointer of the property. */
  answerMembers: Map<string, AnswerMember>;
  /** `x-echo`, `x-inquiry` without its `reference`, that reference, and `x-status-queue`. */
  extensions: Record<string, Json | undefined>;
}

/** Reads the facts of every operation of a bundled contract; the key is method and path, such as `post /pay`. */
export function readFacts(root: JsonObject): Map<string, OperationFacts> {
  const facts = new Map<string, OperationFacts>();
  for (const [path, item] of entriesOf(root["paths"])) {
    for (const [method, operation] of entriesOf(item)) {
      if (!isJsonObject(operation) || !("responses" in operation)) continue;
      facts.set(`${method} ${path}`, readOperation(root, operation, appendToken(appendToken("/paths", path), method)));
    }
  }
  return facts;
}

function readOperation(root: JsonObject, operation: JsonObject, pointer: string): OperationFacts {
  const { "x-echo": echo, "x-inquiry": inquiry, "x-status-queue": queue } = operation;
  const facts: OperationFacts = {
    id: showValue(operation["operationId"] ?? pointer),
    pointer,
    statuses: new Map(),
    statusSchemas: [],
    secrets: new Map(),
    answerMembers: new Map(),
    extensions: { "x-echo": echo, ...readInquiry(inquiry), "x-status-queue": queue },
  };
  const responses = entriesOf(operation["responses"]);
  readMessage({ root, facts, message: "request" }, operation["requestBody"], `${pointer}/requestBody`);
  for (const [code, response] of responses) {
    readMessage({ root, facts, message: code }, response, `${pointer}/responses/${code}`);
  }
  return facts;
}

/** The reference is apart, because it settles nothing: with it, a client only compares answers. */
function readInquiry(inquiry: Json | undefined): Record<string, Json | undefined> {
  if (!isJsonObject(inquiry)) return { "x-inquiry": inquiry };
  const { reference, ...settling } = inquiry;
  return { "x-inquiry": settling, "x-inquiry/reference": reference };
}

/** The message whose schemas are read, and the facts to which they add. */
interface MessageScope {
  root: JsonObject;
  facts: OperationFacts;
  /** `request`, or the HTTP code of a response. */
  message: string;
}

function readMessage(scope: MessageScope, message: Json | undefined, pointer: string): void {
  const [node, place] = resolve(scope.root, message, pointer);
  for (const [type, media] of entriesOf(isJsonObject(node) ? node["content"] : undefined)) {
    if (isJsonObject(media)) readSchema(scope, media["schema"], `${appendToken(`${place}/content`, type)}/schema`, "");
  }
}

/** Reads a schema; `path` is its place in the message, the same for every variant of a `oneOf`. */
function readSchema(scope: MessageScope, schema: Json | undefined, pointer: string, path: string): void {
  const [node, place] = resolve(scope.root, schema, pointer);
  // The limit ends a schema that contains itself.
  if (!isJsonObject(node) || path.split("/").length > 20) return;
  if (path !== "") readSecret(scope, schema, node, place, path);
  if (path === "/status" && scope.message.startsWith("2")) readStatuses(scope, node, place);
  for (const [name, property] of entriesOf(node["properties"])) {
    const [at, inner] = [appendToken(`${place}/properties`, name), appendToken(path, name)];
    readAnswerMember(scope, node, property, { pointer: at, path: inner, name });
    readSchema(scope, property, at, inner);
  }
  if ("items" in node) readSchema(scope, node["items"], `${place}/items`, `${path}/*`);
  for (const keyword of ["oneOf", "anyOf", "allOf"]) {
    const variants = node[keyword];
    if (!Array.isArray(variants)) continue;
    for (const [index, variant] of variants.entries()) readSchema(scope, variant, `${place}/${keyword}/${index}`, path);
  }
}

/** Notes whether a property is secret: one variant that says so is enough, and so is a mark beside a reference. */
function readSecret(
  { facts, message }: MessageScope,
  schema: Json | undefined,
  node: JsonObject,
  pointer: string,
  path: string,
): void {
  const key = `${message} ${path}`;
  const isMarked = node["x-secret"] === true || (isJsonObject(schema) && schema["x-secret"] === true);
  facts.secrets.set(key, { pointer, isSecret: isMarked || facts.secrets.get(key)?.isSecret === true });
}

/** Notes whether a reader of answers can do without a property. The mark stands where the property is written. */
function readAnswerMember(
  { facts, message }: MessageScope,
  { required }: JsonObject,
  property: Json,
  { pointer, path, name }: { pointer: string; path: string; name: string },
): void {
  if (message === "request") return;
  facts.answerMembers.set(`${message} ${pointer}`, {
    pointer,
    path,
    isRequired: Array.isArray(required) && required.includes(name),
    decidesNothing: isJsonObject(property) && property["x-decides"] === false,
  });
}

function readStatuses({ facts, message }: MessageScope, node: JsonObject, pointer: string): void {
  const outcomes = isJsonObject(node["x-outcome"]) ? node["x-outcome"] : {};
  for (const value of statusValues(node)) {
    facts.statuses.set(`${message} ${value}`, { pointer, outcome: showValue(outcomes[value]) });
  }
  facts.statusSchemas.push(pointer);
}

/** The statuses that the schema of a `status` property allows: those of its `enum`, or its `const`. */
export function statusValues(schema: JsonObject): string[] {
  if (Array.isArray(schema["enum"])) return schema["enum"].map(showValue);
  return schema["const"] === undefined ? [] : [showValue(schema["const"])];
}

/** Follows a chain of references within the document. Returns the node at its end, and where the node stands. */
export function resolve(root: JsonObject, node: Json | undefined, pointer: string): [Json | undefined, string] {
  for (let hops = 0; isJsonObject(node) && typeof node["$ref"] === "string" && hops < 20; hops++) {
    if (!node["$ref"].startsWith("#/")) break;
    pointer = node["$ref"].slice(1);
    node = valueAt(root, pointer) as Json | undefined;
  }
  return [node, pointer];
}

/** A value as messages show it: a text without quotes, anything else as JSON. */
export const showValue = (value: Json | undefined): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

const entriesOf = (node: Json | undefined): [string, Json][] => (isJsonObject(node) ? Object.entries(node) : []);
