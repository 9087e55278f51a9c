import type { Location, Oas3Rule, Oas3Visitor, UserContext } from "@redocly/openapi-core";
import { componentName } from "./component-name.ts";
import { childOf, isNode, locate, type Node } from "./located.ts";

/**
 * Requires a text for everything that the documentation shows. Not for a server variable: there a text breaks a tool
 * (`server-name`).
 */
export const described: Oas3Rule = (): Oas3Visitor => {
  const checkedSchemas = new Set<Node>();
  const checkSchema = (schema: Node, location: Location, ctx: UserContext): void => {
    if (checkedSchemas.has(schema)) return;
    checkedSchemas.add(schema);
    demandText(schema, "description", `Schema "${componentName(location)}"`, location, ctx);
  };
  return {
    Operation(operation, ctx) {
      const name = `Operation "${operation.operationId ?? ctx.key}"`;
      demandText(operation, "summary", name, ctx.location, ctx);
      demandText(operation, "description", name, ctx.location, ctx);
    },
    RequestBody: (body, ctx) => demandText(body, "description", "Request body", ctx.location, ctx),
    Response: demandDescription("Response"),
    Header: demandDescription("Header"),
    SecurityScheme: demandDescription("Security scheme"),
    Tag: (tag, ctx) => demandText(tag, "description", `Tag "${tag.name}"`, ctx.location, ctx),
    SchemaProperties: checkProperties,
    NamedSchemas(schemas, ctx) {
      for (const [name, schema] of Object.entries<unknown>(schemas)) {
        if (isNode(schema) && !("$ref" in schema)) checkSchema(schema, ctx.location.child([name]), ctx);
      }
    },
    ref(_ref, ctx, target) {
      if (ctx.type.name === "Schema" && isNode(target.node)) checkSchema(target.node, target.location!, ctx);
    },
  };
};

function demandDescription(noun: string) {
  return (node: object, ctx: UserContext): void => {
    demandText(node, "description", `${noun} "${ctx.key}"`, ctx.location, ctx);
  };
}

function checkProperties(properties: Node, ctx: UserContext): void {
  for (const [name, written] of Object.entries(properties)) {
    // A text beside the $ref counts: it describes this use of the schema.
    if (isNode(written) && isText(written.description)) continue;
    const property = childOf(locate(properties, ctx.location), name, ctx);
    // Another rule reports a $ref that leads nowhere; a boolean schema cannot have a text.
    if (!property && isNode(written)) continue;
    demandText(property?.node ?? {}, "description", `Property "${name}"`, ctx.location.child([name]), ctx);
  }
}

function demandText(node: object, field: string, name: string, location: Location, ctx: UserContext): void {
  if (isText((node as Node)[field])) return;
  ctx.report({ message: `${name} has no ${field}; it must have one that is not empty`, location });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
