import type { Operation } from "@codegames/codec";
import { type ObjectProperty, type Schema, settle } from "@codegames/codec/schema";
import { withoutUndefined } from "./without-undefined.ts";

/**
 * Picks what an operation's answer may show of a listed product: the members that the contract has for it, and of those
 * no secret. So a member that the contract gains later passes, and a row of a database that has the key in it too does
 * no harm.
 */
export function productMembers({ response }: Operation): (listing: object) => Record<string, unknown> {
  let names: ReadonlySet<string> | undefined;
  return (listing) => {
    names ??= namesOf(response.codec.schema());
    const shown = Object.entries(listing).filter(([name]) => names!.has(name));
    return withoutUndefined(Object.fromEntries(shown));
  };
}

function namesOf(response: Schema): ReadonlySet<string> {
  const product = propertiesOf(response).find(({ name }) => name === "product");
  const members = product ? propertiesOf(product.schema) : [];
  return new Set(members.filter(({ schema }) => schema.kind !== "secret").map(({ name }) => name));
}

/** The properties of an object, or of the variant of a union that says `OK`. */
function propertiesOf(schema: Schema): readonly ObjectProperty[] {
  const { kind, rule } = schema.kind === "named" ? settle(schema) : schema;
  if (kind === "union") return rule.variants.flatMap((each) => (each.value === "OK" ? propertiesOf(each.schema) : []));
  return kind === "object" ? rule.properties : [];
}
