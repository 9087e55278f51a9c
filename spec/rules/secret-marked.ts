import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, locate, type Node } from "./located.ts";

const DEFAULT_PATTERN = "(key|secret|token|password|pin|credential)s?$";

/**
 * A property that may hold a secret says whether it does.
 *
 * Option `pattern`: a regular expression, without regard to case, for the names that sound like a secret.
 * A free-form object needs the mark under any name, and so does what has no type: nobody knows what will be in it.
 */
export const secretMarked: Oas3Rule = ({ pattern = DEFAULT_PATTERN }) => {
  const secretName = new RegExp(pattern, "i");
  return {
    SchemaProperties(properties: Node, ctx) {
      for (const [name, written] of Object.entries(properties)) {
        const property = childOf(locate(properties, ctx.location), name, ctx)?.node ?? (written === true ? {} : undefined);
        if (!property || (isNode(written) && "x-secret" in written) || "x-secret" in property) continue;
        const reason = secretName.test(name) ? "is named like a secret" : reasonOf(property);
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

/** Keywords that say what an untyped schema holds. */
const TELLING = ["const", "enum", "oneOf", "anyOf", "allOf", "properties"];

function reasonOf(schema: Node): string | undefined {
  const { type, properties = {}, additionalProperties } = schema;
  if (type === undefined) return TELLING.some((keyword) => keyword in schema) ? undefined : "may hold anything";
  const isFreeForm = [type].flat().includes("object") && Object.keys(properties as Node).length === 0 && additionalProperties !== false;
  return isFreeForm ? "is a free-form object" : undefined;
}

function checkMark(node: object, location: Location, ctx: UserContext): void {
  const mark = (node as Node)["x-secret"];
  if (mark === undefined || typeof mark === "boolean") return;
  const message = `x-secret is ${JSON.stringify(mark)}; it must be true or false`;
  ctx.report({ message, location: location.child(["x-secret"]) });
}
