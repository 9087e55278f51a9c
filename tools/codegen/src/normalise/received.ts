import { quote } from "../refusal.ts";
import type { Mark } from "./mark.ts";
import {
  type NamedShape,
  isOptionalReceived,
  type Operation,
  type Property,
  type Schema,
  type Shape,
} from "./model.ts";

/**
 * Finds out what a reader of answers can do without, and which shapes it therefore reads differently.
 *
 * @throws A {@link Refusal} for a mark `x-decides: false` that would not be heeded.
 */
export function markReceivedViews(
  marks: readonly Mark[],
  shapes: readonly NamedShape[],
  operations: Operation[],
): void {
  const known = new Map(shapes.map((shape) => [shape.name, shape]));
  const answers = reachable(operations.flatMap(answersOf), known);
  for (const { echo, response } of operations) if (echo) markEcho(response.schema, echo.path, known);
  for (const mark of marks) {
    checkMark(mark, shapes, answers, known);
    mark.property.role = "decides-nothing";
  }
  // What contains a shape that reads differently reads differently too.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const shape of answers) {
      if (shape.hasReceivedView || !readsDifferently(shape, known)) continue;
      shape.hasReceivedView = true;
      isSettled = false;
    }
  }
}

const answersOf = ({ response, problems }: Operation) => [
  response.schema,
  ...problems.flatMap(({ schema }) => schema ?? []),
];

type Known = ReadonlyMap<string, NamedShape>;

function reachable(names: string[], known: Known): Set<NamedShape> {
  const found = new Set<NamedShape>();
  const visit = (name: string) => {
    const shape = known.get(name);
    if (!shape || found.has(shape)) return;
    found.add(shape);
    namesIn(shape).forEach(visit);
  };
  names.forEach(visit);
  return found;
}

/** The names of the shapes that a shape contains. */
const namesIn = ({ shape }: NamedShape): string[] =>
  shape.kind === "union" ? shape.variants.map(({ name }) => name) : schemasIn(shape).flatMap(namesOf);

function schemasIn(shape: Shape): Schema[] {
  if (shape.kind === "union") return [];
  if (shape.kind === "other") return [shape.schema];
  return [...shape.properties.map(({ schema }) => schema), ...(shape.additional ? [shape.additional] : [])];
}

function namesOf(schema: Schema): string[] {
  if (schema.kind === "named") return [schema.name];
  if (schema.kind === "array") return namesOf(schema.items);
  return schema.kind === "either" ? schema.variants.flatMap(namesOf) : [];
}

function markEcho(name: string, [step, ...path]: string[], known: Known): void {
  const shape = known.get(name)?.shape;
  if (shape?.kind === "union") for (const variant of shape.variants) markEcho(variant.name, [step!, ...path], known);
  const property = shape?.kind === "object" ? shape.properties.find((each) => each.name === step) : undefined;
  if (!property) return;
  if (path.length === 0) property.role = "echo";
  else for (const inner of namesOf(property.schema)) markEcho(inner, path, known);
}

function checkMark(
  { place, shape, property }: Mark,
  shapes: readonly NamedShape[],
  answers: Set<NamedShape>,
  known: Known,
): void {
  const isTag = shapes.some(
    ({ shape: union }) =>
      union.kind === "union" && union.tag === property.name && union.variants.some(({ name }) => name === shape.name),
  );
  const reason =
    (isTag && "it tells the variants apart") ||
    (place.resolve().child("x-outcome").node !== undefined && "it has outcome classes (x-outcome)") ||
    (property.role === "echo" && "it repeats a value of the request (x-echo)") ||
    (leadsToSecret(property.schema, known) && "it is a secret, or can contain one (x-secret)") ||
    (!answers.has(shape) && "no answer has it");
  if (reason) throw place.child("x-decides").refuse(`must not be false for ${quote(property.name)}: ${reason}`);
}

function leadsToSecret(schema: Schema, known: Known): boolean {
  if (isOrHoldsSecret(schema)) return true;
  return [...reachable(namesOf(schema), known)].some(({ shape }) => schemasIn(shape).some(isOrHoldsSecret));
}

/** Whether a schema is a secret, or a list or a choice of one. What has a name of its own is looked at by itself. */
function isOrHoldsSecret(schema: Schema): boolean {
  if (schema.kind === "array") return isOrHoldsSecret(schema.items);
  return schema.kind === "either" ? schema.variants.some(isOrHoldsSecret) : schema.kind === "secret";
}

/** Whether a reader of answers can do without a member of a shape, or of a shape in it. */
const readsDifferently = (named: NamedShape, known: Known): boolean =>
  (named.shape.kind === "object" && named.shape.properties.some(isLeftOutMore)) ||
  namesIn(named).some((name) => known.get(name)?.hasReceivedView);

const isLeftOutMore = (property: Property) => isOptionalReceived(property) && !property.isOptional;
