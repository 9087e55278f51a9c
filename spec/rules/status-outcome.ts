import type { Oas3Rule, UserContext } from "@redocly/openapi-core";
import { successfulContent } from "./json-content.ts";
import { childOf, isNode, locate, type Located, type Node } from "./located.ts";
import { composition, isOpen, statusSchemas, valuesOfProperty } from "./status-values.ts";

const CLASSES = ["succeeded", "rejected", "absent", "unknown"];
const ALLOWED = `one of ${CLASSES.join(", ")}`;

/**
 * Requires a class in `x-outcome` for every value of a `status`, and nothing else in `x-outcome`. In a 2xx answer a
 * `status` must list its values, because any other text would count as success.
 */
export const statusOutcome: Oas3Rule = () => {
  const [isNew, isNewAnswer] = [oncePerNode(), oncePerNode()];
  return {
    Operation(operation, ctx) {
      for (const mediaType of successfulContent(locate(operation, ctx.location), ctx)) {
        const schema = childOf(mediaType, "schema", ctx);
        const open = schema ? statusSchemas(schema, ctx).filter(isOpen) : [];
        for (const { location } of open.filter(isNewAnswer)) {
          ctx.report({ message: "Status can be any text; it must list its values with const or enum", location });
        }
      }
    },
    SchemaProperties(properties, ctx) {
      const status = childOf(locate(properties, ctx.location), "status", ctx);
      for (const part of status ? composition(status, ctx) : []) if (isNew(part)) checkStatus(part, ctx);
    },
  };
};

/** A filter for the first visit of a node; a rule visits a schema once for every `$ref` to it. */
function oncePerNode() {
  const seen = new Set<Node>();
  return ({ node }: Located): boolean => seen.size < seen.add(node).size;
}

function checkStatus(status: Located, ctx: UserContext): void {
  const values = valuesOfProperty(status);
  for (const { value, location, outcome } of values) {
    if (outcome === undefined) {
      ctx.report({ message: `Status "${value}" has no class in x-outcome; it must have ${ALLOWED}`, location });
    }
  }
  const listed = values.map(({ value }) => value);
  for (const [value, outcome] of Object.entries(isNode(status.node["x-outcome"]) ? status.node["x-outcome"] : {})) {
    const location = status.location.child(["x-outcome", value]);
    if (!listed.includes(value)) {
      const known = listed.join(", ");
      const message = `x-outcome classes "${value}", which is not a value of this status; the values are ${known}`;
      ctx.report({ message, location: location.key() });
    } else if (!CLASSES.includes(String(outcome))) {
      ctx.report({ message: `x-outcome gives "${value}" the class "${outcome}"; it must be ${ALLOWED}`, location });
    }
  }
}
