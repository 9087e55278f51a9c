import type { Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, itemsOf, locate, type Located } from "./located.ts";
import { statusValues } from "./status-values.ts";

/**
 * Requires a `discriminator` on a `oneOf` whose variants have a `status`. Its mapping leads each status to the variant
 * that lists it, and has no other key: a tool that goes by the names of fields takes a duplicate for a sale.
 */
export const discriminated: Oas3Rule = () => ({
  Schema(schema, ctx) {
    checkUnion(locate(schema, ctx.location), ctx);
  },
});

function checkUnion(union: Located, ctx: UserContext): void {
  const owners = new Map<string, Located>();
  for (const variant of itemsOf(union, "oneOf", ctx)) {
    for (const { value } of statusValues(variant, ctx)) owners.set(value, variant);
  }
  if (owners.size === 0) return;
  const statuses = [...owners.keys()].join(", ");
  const discriminator = childOf(union, "discriminator", ctx);
  if (!discriminator) {
    const message = `oneOf of the statuses ${statuses} has no discriminator; it must have one that maps each of them`;
    ctx.report({ message, location: union.location });
    return;
  }
  const { propertyName, mapping } = discriminator.node;
  if (propertyName !== "status") {
    const message = `discriminator goes by ${JSON.stringify(propertyName)}; it must go by "status"`;
    ctx.report({ message, location: discriminator.location.child(["propertyName"]) });
  }
  const place = discriminator.location.child(["mapping"]);
  if (isNode(mapping)) checkMapping(locate(mapping, place), owners, ctx);
  else
    ctx.report({ message: `discriminator has no mapping; it must map ${statuses}`, location: discriminator.location });
}

function checkMapping({ node, location }: Located, owners: Map<string, Located>, ctx: UserContext): void {
  const statuses = [...owners.keys()].join(", ");
  for (const [value, target] of Object.entries(node)) {
    const owner = owners.get(value);
    if (!owner) {
      const message = `mapping has the status "${value}", which no variant lists; the statuses are ${statuses}`;
      ctx.report({ message, location: location.child([value]).key() });
    } else if (typeof target !== "string" || targetOf(target, ctx) !== owner.location.absolutePointer) {
      const to = JSON.stringify(target);
      const message = `mapping leads "${value}" to ${to}; it must lead to the variant that lists it`;
      ctx.report({ message, location: location.child([value]) });
    }
  }
  for (const value of owners.keys()) {
    if (value in node) continue;
    ctx.report({ message: `mapping lacks the status "${value}"; it must have ${statuses}`, location });
  }
}

/** The place of the schema that a mapping refers to. A bare name leads nowhere: it is no reference. */
function targetOf($ref: string, ctx: UserContext): string | undefined {
  return ctx.resolve({ $ref }).location?.absolutePointer;
}
