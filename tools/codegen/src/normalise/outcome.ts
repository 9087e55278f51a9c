import type { OutcomeClass } from "../../static/operation.ts";
import { quote } from "../refusal.ts";
import type { Place } from "./keywords.ts";
import type { Operation } from "./model.ts";

const outcomeClasses = ["succeeded", "rejected", "absent", "unknown"];

/**
 * The outcome class of every `status` of an answer, from the `x-outcome` beside its `const` or `enum`. An answer without
 * such a property has none: its arrival is the success.
 */
export function readOutcomes(answer: Place): Record<string, OutcomeClass> {
  return Object.fromEntries(statusesOf(answer).flatMap(readStatus));
}

function statusesOf(answer: Place): Place[] {
  const schema = answer.resolve();
  for (const keyword of ["oneOf", "anyOf"]) {
    if (schema.child(keyword).node !== undefined) return schema.child(keyword).items().flatMap(statusesOf);
  }
  const status = schema.child("properties").child("status").resolve();
  const isListed = status.child("const").node !== undefined || status.child("enum").node !== undefined;
  return isListed ? [status] : [];
}

function readStatus(status: Place): [string, OutcomeClass][] {
  const values = status.has("const") ? [status.child("const")] : status.child("enum").items();
  const outcomes = status.child("x-outcome");
  for (const value of values) {
    if (typeof value.node !== "string") throw value.refuse(`a status must be a string, is ${quote(value.node)}`);
    if (outcomes.child(value.node).node === undefined) {
      throw value.refuse(`status ${quote(value.node)} has no class in x-outcome; allowed: ${outcomeClasses.join(", ")}`);
    }
  }
  return outcomes.children().map(([value, place]) => {
    if (!values.some(({ node }) => node === value)) throw place.refuse(`classifies ${quote(value)}, which is not a status here`);
    if (outcomeClasses.includes(place.string())) return [value, place.string() as OutcomeClass];
    throw place.refuse(`${quote(place.node)} is not an outcome class; allowed: ${outcomeClasses.join(", ")}`);
  });
}

/** `x-echo`: the property of the request that an answer repeats, and where it does. */
export function readEcho(place: Place, request: Place | undefined, answer: Place): NonNullable<Operation["echo"]> {
  const property = place.child("property").string();
  const asked = request?.resolve().child("properties").child(property).resolve();
  if (asked?.node === undefined) throw place.child("property").refuse(`names ${quote(property)}, which is not a property of the request`);
  const pointer = place.child("pointer");
  const path = pointer.string().split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  const places = placesAt(answer, path);
  if (places.length === 0) throw pointer.refuse(`${quote(pointer.node)} leads to nothing in the answer`);
  if (places.some((echo) => echo.child("type").node !== asked.child("type").node)) {
    throw pointer.refuse(`${quote(pointer.node)} leads to another type than that of ${quote(property)}`);
  }
  return { property, path };
}

function placesAt(place: Place, [name, ...path]: string[]): Place[] {
  const schema = place.resolve();
  if (schema.node === undefined) return [];
  if (name === undefined) return [schema];
  if (schema.child("oneOf").node !== undefined) return schema.child("oneOf").items().flatMap((item) => placesAt(item, [name, ...path]));
  return placesAt(schema.child("properties").child(name), path);
}

/** `x-inquiry`: the operation that settles an unknown outcome, and the request property that identifies it. */
export function readInquiry(place: Place): NonNullable<Operation["inquiry"]> {
  return { operation: place.child("operation").string(), by: place.child("by").string() };
}

/** `x-status-queue`: how often an inquiry is made, and how far apart. */
export function readStatusQueue(place: Place): NonNullable<Operation["statusQueue"]> {
  return { attempts: place.child("attempts").count(), periodSeconds: place.child("periodSeconds").count() };
}

/** An inquiry must name an operation that has a queue. */
export function checkInquiries(places: Place[], operations: Operation[]): void {
  operations.forEach(({ inquiry }, index) => {
    if (!inquiry) return;
    const target = operations.find(({ id }) => id === inquiry.operation);
    const place = places[index]?.child("x-inquiry").child("operation");
    if (!target) throw place?.refuse(`names ${quote(inquiry.operation)}, which is not an operation`);
    if (!target.statusQueue) throw place?.refuse(`names ${quote(inquiry.operation)}, which has no x-status-queue`);
  });
}
