import { appendToken } from "@codegames/codec/json-pointer";
import { quote } from "../refusal.ts";
import type { Place } from "./keywords.ts";
import type { Literal } from "./model.ts";

/** A variant of a union: its schema as the document lists it, and the values of the tag that it takes. */
export interface ListedVariant {
  place: Place;
  values: Literal[];
}

/** The property by which a `discriminator` tells the variants apart; undefined when there is no discriminator. */
export function readDiscriminatorTag(union: Place): Place | undefined {
  if (!union.has("discriminator")) return undefined;
  const discriminator = union.child("discriminator");
  discriminator.allowOnly("a discriminator", ["propertyName", "mapping"]);
  return discriminator.child("propertyName");
}

/**
 * Refuses a `discriminator` whose mapping differs from the values that the variants take. Printed code goes by those
 * values, and other tools go by the mapping: where the two differ, they would read the same answer differently.
 */
export function checkMapping(union: Place, tag: string, variants: ListedVariant[]): void {
  const discriminator = union.child("discriminator");
  const mapping = discriminator.child("mapping");
  if (mapping.node === undefined)
    throw discriminator.refuse(`must have a mapping from each value of ${quote(tag)} to its variant`);
  const owners = new Map<Literal, Place>();
  for (const { place, values } of variants) for (const value of values) owners.set(value, place.resolve());
  for (const [value, target] of mapping.children()) {
    const owner = owners.get(value);
    if (!owner) throw target.refuse(`maps ${quote(value)}, a value of ${quote(tag)} that no variant takes`);
    if (pointerOf(target) === owner.pointer) continue;
    throw target.refuse(`maps ${quote(value)} to ${quote(target.node)}, should map it to #${owner.pointer}`);
  }
  for (const [value, { pointer }] of owners) {
    if (typeof value !== "string")
      throw mapping.refuse(`cannot map ${quote(value)} to #${pointer}: a mapping holds texts only`);
    if (!mapping.has(value)) throw mapping.refuse(`must map ${quote(value)} to #${pointer}, does not map it`);
  }
}

/** The place that a mapping leads to: it refers to a schema, or names one under `components/schemas`. */
function pointerOf(target: Place): string {
  const text = target.string();
  return text.startsWith("#") ? decodeURIComponent(text.slice(1)) : appendToken("/components/schemas", text);
}
