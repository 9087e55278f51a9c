import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, locate, type Node } from "./located.ts";

const DEFAULT_PATTERN = "(key|secret|token|password|pin|credential)s?$";

/**
 * Requires `x-secret: true` or `false` on a property that may contain a secret: one that is named like a secret, a
 * free-form object, or a property without a type.
 *
 * Option `pattern`: a case-insensitive regular expression for the names.
 */
export const secretMarked: Oas3Rule = ({ pattern = DEFAULT_PATTERN }) => {
  const secretName = new RegExp(pattern, "i");
  return {
    SchemaProperties(properties: Node, ctx) {
      for (const [name, written] of Object.entries(properties)) {
        const child = childOf(locate(properties, ctx.location), name, ctx);
        // The boolean schema `true` allows anything.
        const property = child?.node ?? (written === true ? {} : undefined);
        if (!property || (isNode(written) && "x-secret" in written) || "x-secret" in property) continue;
        const reason = secretName.test(name) ? "is named like a secret" : describeOpenness(property);
        if (reason === undefined) continue;
        const allowed = "it must state x-secret: true or x-secret: false";
        const message = `Property "${name}" ${reason} and has no x-secret; ${allowed}`;
        ctx.report({ message, location: ctx.location.child([name]) });
      }
    },
    Schema: (schema, ctx) => checkMark(schema, ctx.location, ctx),
    ref: (ref, ctx) => checkMark(ref, ctx.location, ctx),
  };
};

/** Keywords that restrict a schema without a type. */
const RESTRICTING = ["const", "enum", "oneOf", "anyOf", "allOf", "properties"];

/** Says why a secret could hide in the schema; undefined if the schema lists what it allows. */
function describeOpenness(schema: Node): string | undefined {
  const { type, properties = {}, additionalProperties } = schema;
  if (type === undefined) return RESTRICTING.some((keyword) => keyword in schema) ? undefined : "may contain anything";
  const isObject = [type].flat().includes("object");
  const hasProperties = Object.keys(properties as Node).length > 0;
  return isObject && !hasProperties && additionalProperties !== false ? "is a free-form object" : undefined;
}

function checkMark(node: object, location: Location, ctx: UserContext): void {
  const mark = (node as Node)["x-secret"];
  if (mark === undefined || typeof mark === "boolean") return;
  const message = `x-secret is ${JSON.stringify(mark)}; it must be true or false`;
  ctx.report({ message, location: location.child(["x-secret"]) });
}
