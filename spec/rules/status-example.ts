import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { jsonContent, successfulContent } from "./json-content.ts";
import { childOf, isNode, itemsOf, locate, type Located } from "./located.ts";
import { statusValues } from "./status-values.ts";

/**
 * Requires an example for each status of a 2xx answer, and one of the request that can be answered so, under the same
 * name: tools pair the two by it. Lets only one variant of a `oneOf` list a status.
 */
export const statusExample: Oas3Rule = () => ({
  Operation(operation, ctx) {
    const located = locate(operation, ctx.location);
    for (const mediaType of successfulContent(located, ctx)) {
      checkExamples(mediaType, ctx);
      checkRequests(located, mediaType, ctx);
    }
  },
  Schema(schema, ctx) {
    checkVariants(locate(schema, ctx.location), ctx);
  },
});

function checkExamples(mediaType: Located, ctx: UserContext): void {
  const schema = childOf(mediaType, "schema", ctx);
  if (!schema) return;
  const examples = childOf(mediaType, "examples", ctx);
  for (const value of new Set(statusValues(schema, ctx).map((status) => status.value))) {
    const example = examples && childOf(examples, value, ctx);
    if (!example) {
      const message = `Status "${value}" has no example; "examples" must contain one named "${value}"`;
      ctx.report({ message, location: (examples ?? mediaType).location });
      continue;
    }
    const content = example.node.value;
    const status = isNode(content) ? content.status : undefined;
    if (status !== value) {
      const message = `Example "${value}" has the status ${JSON.stringify(status)}; it must be "${value}"`;
      ctx.report({ message, location: example.location.child(["value"]) });
    }
  }
}

function checkRequests(operation: Located, answer: Located, ctx: UserContext): void {
  const schema = childOf(answer, "schema", ctx);
  const body = childOf(operation, "requestBody", ctx);
  const statuses = schema ? [...new Set(statusValues(schema, ctx).map(({ value }) => value))] : [];
  if (!body || statuses.length === 0) return;
  for (const mediaType of jsonContent(body, ctx)) {
    const names = isNode(mediaType.node.examples) ? Object.keys(mediaType.node.examples) : [];
    const location = names.length > 0 ? mediaType.location.child(["examples"]) : mediaType.location;
    for (const status of statuses.filter((each) => !names.includes(each))) {
      const message = `Status "${status}" has no request; "examples" of the request must contain one named "${status}"`;
      ctx.report({ message, location });
    }
    for (const name of names.filter((each) => !statuses.includes(each))) {
      const known = statuses.join(", ");
      const message = `Example "${name}" of the request is named like no status; the statuses are ${known}`;
      ctx.report({ message, location: location.child([name]).key() });
    }
  }
}

function checkVariants(schema: Located, ctx: UserContext): void {
  const taken = new Map<string, Location>();
  for (const variant of itemsOf(schema, "oneOf", ctx)) {
    const values = statusValues(variant, ctx);
    for (const { value, location } of values) {
      if (!taken.has(value)) continue;
      const message =
        `Status "${value}" is listed by two variants of one oneOf; ` +
        "a status tells the variants apart, so only one may list it";
      ctx.report({ message, location: [location, taken.get(value)!] });
    }
    for (const { value, location } of values) taken.set(value, location);
  }
}
