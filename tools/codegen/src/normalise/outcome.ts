import type { OutcomeClass } from "@codegames/codec";
import { tokensOf } from "@codegames/codec/json-pointer";
import { quote } from "../refusal.ts";
import type { Place } from "./keywords.ts";
import type { Operation } from "./model.ts";

const outcomeClasses = ["succeeded", "rejected", "absent", "unknown"];

/**
 * Reads the outcome class of every `status` of an answer from the `x-outcome` beside its `const` or `enum`. An answer
 * whose `status` is no text has no classes: its arrival is the success.
 */
export function readOutcomes(answer: Place): Record<string, OutcomeClass> {
  const outcomes = new Map<string, OutcomeClass>();
  for (const variant of variantsOf(answer)) {
    const status = variant.child("properties").child("status");
    const classes = status.node === undefined ? [] : variantsOf(status).flatMap(readStatus);
    for (const { value, place, outcome } of classes) {
      const other = outcomes.get(value) ?? outcome;
      if (other !== outcome)
        throw place.refuse(`status ${quote(value)} is ${outcome} here and ${other} in another variant`);
      outcomes.set(value, outcome);
    }
  }
  return Object.fromEntries(outcomes);
}

/** The variants of a schema, or the schema itself when it has none. */
function variantsOf(place: Place): Place[] {
  const schema = place.resolve();
  const variants = ["oneOf", "anyOf"].map((keyword) => schema.child(keyword)).find(({ node }) => node !== undefined);
  return variants ? variants.items().flatMap(variantsOf) : [schema];
}

/** Reads the classes of one schema of a `status`. A `status` that is no text, as in problem details, has no classes. */
function readStatus(status: Place): { value: string; place: Place; outcome: OutcomeClass }[] {
  const list = ["const", "enum"].map((keyword) => status.child(keyword)).find(({ node }) => node !== undefined);
  if (!list) {
    const type = status.child("type").node;
    if (type !== undefined && ![type].flat().includes("string")) return [];
    throw status.refuse(
      "is a status that can be any text; list its values with const or enum, each with a class in x-outcome",
    );
  }
  const values = Array.isArray(list.node) ? list.items() : [list];
  const outcomes = status.child("x-outcome");
  if (outcomes.node === undefined && values.every(({ node }) => typeof node !== "string")) return [];
  for (const value of values) {
    if (typeof value.node !== "string") throw value.refuse(`a status must be a string, is ${quote(value.node)}`);
    if (outcomes.child(value.node).node === undefined) {
      throw value.refuse(
        `status ${quote(value.node)} has no class in x-outcome; allowed: ${outcomeClasses.join(", ")}`,
      );
    }
  }
  return outcomes.children().map(([value, place]) => {
    if (!values.some(({ node }) => node === value))
      throw place.refuse(`classifies ${quote(value)}, which is not a status here`);
    if (outcomeClasses.includes(place.string())) return { value, place, outcome: place.string() as OutcomeClass };
    throw place.refuse(`${quote(place.node)} is not an outcome class; allowed: ${outcomeClasses.join(", ")}`);
  });
}

/** Reads `x-echo`: the property of the request that an answer repeats, and its place in the answer. */
export function readEcho(place: Place, request: Place | undefined, answer: Place): NonNullable<Operation["echo"]> {
  const property = place.child("property").string();
  const asked = request?.resolve().child("properties").child(property).resolve();
  if (asked?.node === undefined)
    throw place.child("property").refuse(`names ${quote(property)}, which is not a property of the request`);
  const pointer = place.child("pointer");
  const path = tokensOf(pointer.string());
  const places = placesAt(answer, path);
  if (places.length === 0) throw pointer.refuse(`${quote(pointer.node)} leads to nothing in the answer`);
  if (places.some((echo) => echo.child("type").node !== asked.child("type").node)) {
    throw pointer.refuse(`${quote(pointer.node)} leads to another type than that of ${quote(property)}`);
  }
  return { property, path };
}

function placesAt(place: Place, [name, ...path]: string[]): Place[] {
  if (place.node === undefined) return [];
  if (name === undefined) return [place.resolve()];
  return variantsOf(place).flatMap((variant) => placesAt(variant.child("properties").child(name), path));
}

/**
 * Reads `x-inquiry`: the operation that settles an unknown outcome, the request property that identifies it, and the
 * member of the answer with the other side's own identifier, if it has one.
 */
export function readInquiry(place: Place, answer: Place): NonNullable<Operation["inquiry"]> {
  place.allowOnly("x-inquiry", ["operation", "by", "reference"]);
  const reference = place.has("reference") ? place.child("reference") : undefined;
  if (reference && placesAt(answer, [reference.string()]).length === 0) {
    throw reference.refuse(`names ${quote(reference.node)}, which is not a member of the answer`);
  }
  return {
    operation: place.child("operation").string(),
    by: place.child("by").string(),
    reference: reference?.string(),
  };
}

/** Reads `x-status-queue`: the number of inquiries, and the time between two of them. */
export function readStatusQueue(place: Place): NonNullable<Operation["statusQueue"]> {
  return { attempts: place.child("attempts").count(), periodSeconds: place.child("periodSeconds").count() };
}

/** Refuses an `x-inquiry` that names no operation with an `x-status-queue`. */
export function checkInquiries(places: Place[], operations: Operation[]): void {
  operations.forEach(({ inquiry }, index) => {
    if (!inquiry) return;
    const target = operations.find(({ id }) => id === inquiry.operation);
    const place = places[index]?.child("x-inquiry").child("operation");
    if (!target) throw place?.refuse(`names ${quote(inquiry.operation)}, which is not an operation`);
    if (!target.statusQueue) throw place?.refuse(`names ${quote(inquiry.operation)}, which has no x-status-queue`);
  });
}
