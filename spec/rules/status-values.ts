import type { Location, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, itemsOf, type Located } from "./located.ts";

export interface StatusValue {
  value: string;
  location: Location;
  /** The class of the value in `x-outcome`; undefined if it has none. */
  outcome: unknown;
}

/** The strings that `const` and `enum` of one `status` property list; none for an HTTP status code. */
export function valuesOfProperty({ node, location }: Located): StatusValue[] {
  const outcomes = isNode(node["x-outcome"]) ? node["x-outcome"] : {};
  const listed: Array<[unknown, Location]> = [];
  if ("const" in node) listed.push([node.const, location.child(["const"])]);
  if (Array.isArray(node.enum)) {
    listed.push(...node.enum.map((value, index): [unknown, Location] => [value, location.child(["enum", index])]));
  }
  return listed.flatMap(([value, at]) =>
    typeof value === "string" ? [{ value, location: at, outcome: outcomes[value] }] : [],
  );
}

/** Every value that `status` can have in an instance of the schema, through `$ref`, oneOf, anyOf and allOf. */
export function statusValues(schema: Located, ctx: UserContext): StatusValue[] {
  return statusSchemas(schema, ctx).flatMap(valuesOfProperty);
}

/** Every schema that can apply to the `status` of an instance. */
export function statusSchemas(schema: Located, ctx: UserContext): Located[] {
  return [...composition(schema, ctx)].flatMap((part) => {
    const properties = childOf(part, "properties", ctx);
    const status = properties && childOf(properties, "status", ctx);
    return status ? [...composition(status, ctx)] : [];
  });
}

/** Whether a schema of a `status` allows a string that it does not list. */
export function isOpen({ node }: Located): boolean {
  const isRestricted = ["const", "enum", "oneOf", "anyOf", "allOf"].some((keyword) => keyword in node);
  return !isRestricted && (node.type === undefined || [node.type].flat().includes("string"));
}

/** A schema and, through oneOf, anyOf and allOf, all schemas that it is composed of. */
export function* composition(schema: Located, ctx: UserContext, seen = new Set<object>()): Generator<Located> {
  if (seen.has(schema.node)) return;
  seen.add(schema.node);
  yield schema;
  for (const keyword of ["oneOf", "anyOf", "allOf"]) {
    for (const part of itemsOf(schema, keyword, ctx)) yield* composition(part, ctx, seen);
  }
}
