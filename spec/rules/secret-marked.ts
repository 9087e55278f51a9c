import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, locate, type Node } from "./located.ts";

const DEFAULT_PATTERN = "(key|secret|token|password|pin|credential)s?$";

/**
 * A property that may hold a secret says whether it does.
 *
 * Option `pattern`: a regular expression, without regard to case, for the names that sound like a secret.
 * A free-form object needs the mark under any name: nobody knows what will be in it.
 */
export const secretMarked: Oas3Rule = ({ pattern = DEFAULT_PATTERN }) => {
  const secretName = new RegExp(pattern, "i");
  return {
    SchemaProperties(properties: Node, ctx) {
      for (const [name, written] of Object.entries(properties)) {
        const property = childOf(locate(properties, ctx.location), name, ctx);
        if (!property || !isNode(written) || "x-secret" in written || "x-secret" in property.node) continue;
        const isNamedSo = secretName.test(name);
        if (!isNamedSo && !isFreeForm(property.node)) continue;
        const reason = isNamedSo ? "is named like a secret" : "is a free-form object";
        const allowed = "it must state x-secret: true or x-secret: false";
        const message = `Property "${name}" ${reason} and has no x-secret; ${allowed}`;
        ctx.report({ message, location: ctx.location.child([name]) });
      }
    },
    Schema: (schema, ctx) => checkMark(schema, ctx.location, ctx),
    ref: (ref, ctx) => checkMark(ref, ctx.location, ctx),
  };
};

function isFreeForm({ type, properties, additionalProperties }: Node): boolean {
  return [type].flat().includes("object") && properties === undefined && additionalProperties !== false;
}

function checkMark(node: object, location: Location, ctx: UserContext): void {
  const mark = (node as Node)["x-secret"];
  if (mark === undefined || typeof mark === "boolean") return;
  const message = `x-secret is ${JSON.stringify(mark)}; it must be true or false`;
  ctx.report({ message, location: location.child(["x-secret"]) });
}
