import { quote } from "../refusal.ts";
import type { Place } from "./keywords.ts";
import type { NamedShape, Property, Schema } from "./model.ts";

/** A property that decides nothing (`x-decides: false`). */
export interface Mark {
  /** Of the property. */
  place: Place;
  shape: NamedShape;
  property: Property;
}

/** Reads an extension that is `true` or `false`. */
export function readMark(place: Place, extension: string, otherwise: boolean): boolean {
  const mark = place.child(extension);
  const { node = otherwise } = mark;
  if (typeof node === "boolean") return node;
  throw mark.refuse(`must be true or false, is ${quote(node)}`);
}

/** Refuses `x-decides` beside a schema that is not that of a property. */
export function refuseDecides(place: Place): void {
  const mark = place.child("x-decides");
  if (mark.node !== undefined) throw mark.refuse("belongs to a property of an answer");
}

/** Accepts only those schemas for which openapi-typescript calls `transform`. */
export function secretOf(place: Place, schema: Schema): Schema {
  const parts = schema.kind === "either" ? schema.variants : [schema];
  const isSupported = parts.every(({ kind }) =>
    ["string", "number", "integer", "boolean", "null", "freeForm"].includes(kind),
  );
  if (isSupported && place.has("type")) return { kind: "secret", schema };
  throw place
    .child("x-secret")
    .refuse("is not supported here; allowed: beside type string, number, boolean, or object without properties");
}
