import type { UserContext } from "@redocly/openapi-core";
import { jsonContent } from "./json-content.ts";
import { childOf, entriesOf, isNode, itemsOf, type Located } from "./located.ts";
import { composition } from "./status-values.ts";

/**
 * Every property that an answer of the operations can have, by its place in the contract, with the reason why a reader
 * can never do without it; undefined when there is none.
 */
export function readAnswerMembers(operations: Located[], ctx: UserContext): Map<string, string | undefined> {
  const members = new Map<string, string | undefined>();
  const seen = new Set<object>();
  for (const operation of operations) {
    for (const answer of answersOf(operation, ctx)) visit(answer, { members, seen, ctx });
  }
  for (const operation of operations) {
    for (const answer of answersOf(operation, ctx)) {
      for (const echo of placesAt(answer, echoPath(operation), ctx))
        members.set(echo, "repeats a value of the request (x-echo)");
    }
  }
  return members;
}

function* answersOf(operation: Located, ctx: UserContext): Generator<Located> {
  for (const [, response] of entriesOf(operation, "responses", ctx)) {
    for (const mediaType of jsonContent(response, ctx)) {
      const schema = childOf(mediaType, "schema", ctx);
      if (schema) yield schema;
    }
  }
}

interface Visit {
  members: Map<string, string | undefined>;
  seen: Set<object>;
  ctx: UserContext;
}

function visit(schema: Located, scope: Visit): void {
  const { members, seen, ctx } = scope;
  if (seen.has(schema.node)) return;
  seen.add(schema.node);
  for (const property of propertiesOf(schema, ctx)) {
    const { pointer, target } = property;
    members.set(pointer, members.get(pointer) ?? describeRole(property, ctx));
    visit(target, scope);
  }
  for (const tag of tagsOf(schema, ctx)) members.set(tag, "tells the variants of an answer apart");
  for (const part of partsOf(schema, ctx)) visit(part, scope);
}

interface Property {
  name: string;
  /** Where the property is written: a `$ref` of it leads elsewhere. */
  pointer: string;
  written: unknown;
  target: Located;
}

function* propertiesOf(schema: Located, ctx: UserContext): Generator<Property> {
  const map = childOf(schema, "properties", ctx);
  for (const [name, target] of entriesOf(schema, "properties", ctx)) {
    yield { name, pointer: map!.location.child([name]).absolutePointer, written: map!.node[name], target };
  }
}

function describeRole({ written, target }: Property, ctx: UserContext): string | undefined {
  if ([...composition(target, ctx)].some(({ node }) => "x-outcome" in node)) return "has outcome classes (x-outcome)";
  const isSecret = isMarkedSecret(written) || leadsToSecret(target, ctx);
  return isSecret ? "is a secret, or can contain one (x-secret)" : undefined;
}

const isMarkedSecret = (node: unknown) => isNode(node) && node["x-secret"] === true;

function leadsToSecret(schema: Located, ctx: UserContext, seen = new Set<object>()): boolean {
  if (seen.has(schema.node)) return false;
  seen.add(schema.node);
  if (isMarkedSecret(schema.node)) return true;
  const properties = [...propertiesOf(schema, ctx)];
  if (properties.some(({ written }) => isMarkedSecret(written))) return true;
  const parts = [...properties.map(({ target }) => target), ...partsOf(schema, ctx)];
  return parts.some((part) => leadsToSecret(part, ctx, seen));
}

/** The schemas that a schema applies to an instance or to its items, other than those of its properties. */
function* partsOf(schema: Located, ctx: UserContext): Generator<Located> {
  for (const keyword of ["oneOf", "anyOf", "allOf"]) yield* itemsOf(schema, keyword, ctx);
  for (const keyword of ["items", "additionalProperties"]) {
    const part = childOf(schema, keyword, ctx);
    if (part) yield part;
  }
}

/** The places of the properties that tell the variants of a schema apart: each variant lists values for them. */
function tagsOf(schema: Located, ctx: UserContext): string[] {
  const variants = ["oneOf", "anyOf"].flatMap((keyword) => [...itemsOf(schema, keyword, ctx)]);
  const listed = variants.map((variant) =>
    [...propertiesOf(variant, ctx)].filter(({ target }) => "const" in target.node || "enum" in target.node),
  );
  const isTag = ({ name }: Property) => listed.every((properties) => properties.some((other) => other.name === name));
  return variants.length < 2
    ? []
    : listed
        .flat()
        .filter(isTag)
        .map(({ pointer }) => pointer);
}

function echoPath({ node }: Located): string[] {
  const echo = node["x-echo"];
  const pointer = isNode(echo) ? echo["pointer"] : undefined;
  const steps = typeof pointer === "string" ? pointer.split("/").slice(1) : [];
  return steps.map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** The places of the properties that a path leads to, in every variant of a schema. */
function placesAt(schema: Located, [step, ...path]: string[], ctx: UserContext): string[] {
  return [...composition(schema, ctx)].flatMap((part) =>
    [...propertiesOf(part, ctx)]
      .filter(({ name }) => name === step)
      .flatMap(({ pointer, target }) => (path.length === 0 ? [pointer] : placesAt(target, path, ctx))),
  );
}
