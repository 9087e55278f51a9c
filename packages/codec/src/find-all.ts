import { checkItems } from "./check.ts";
import { fault, type Issue, issueOf, repeated } from "./fault.ts";
import { appendToken } from "./json-pointer.ts";
import { read, readVariant } from "./read.ts";
import { brace, bracket, Reader } from "./reader.ts";
import { type ArrayRule, type ObjectRule, type Schema, settle, type UnionRule } from "./schema.ts";
import { textFault } from "./text-fault.ts";

// The reader throws at the first fault, and knows no pointers while all is well: that keeps it fast, and a merchant's
// bundle small, which needs no such list. Only when the reader has something to tell, the text is walked again.

/** More say nothing that the first do not. */
const maxIssues = 20;

/** A longer name in the text would come back in the pointer of every fault below it. */
const maxPointerLength = 1000;

/** Lists what is wrong with a text that a strict reader refused with `error`, the fault of the text itself first. */
export function findIssues(text: string, schema: Schema, error: unknown): readonly [Issue, ...Issue[]] {
  const ending = textFault(text);
  const { issues } = walk(text, schema, ending ? [issueOf(ending)] : []);
  const [first = issueOf(error), ...others] = issues;
  return [first, ...others];
}

/** Lists the pointers to the numbers that a double does not give back, in a text that a strict reader takes. */
export const findInexact = (text: string, schema: Schema): readonly string[] => walk(text, schema, []).inexact;

function walk(text: string, schema: Schema, issues: Issue[]): Walk {
  const found = new Walk(text, issues);
  try {
    found.visit(schema, { pointer: "" });
  } catch {
    // The text cannot be read on from there, or the list is full.
  }
  return found;
}

interface Place {
  readonly pointer: string;
  readonly isForeign?: true;
}

/** Goes through a text by its schema, on past every fault but one of the text itself, which it throws. */
class Walk {
  readonly #reader: Reader;
  readonly issues: Issue[];
  readonly inexact: string[] = [];

  constructor(text: string, issues: Issue[]) {
    this.#reader = new Reader(text);
    this.issues = issues;
  }

  visit(schema: Schema, place: Place, expected = schema.expected): void {
    const type = this.#reader.type();
    const isEntered = (type === "object" || type === "array") && schema.types.includes(type);
    if (!isEntered) return this.#visitValue(schema, place, expected);
    switch (schema.kind) {
      case "named":
        return this.visit(settle(schema), place, expected);
      case "either":
        return this.visit(schema.rule.get(type)!, place, expected);
      case "union":
        return this.#visitUnion(schema.rule, place, expected);
      case "object":
        return this.#visitObject(schema.rule, place);
      case "array":
        return this.#visitArray(schema.rule, place);
      default:
        return this.#visitValue(schema, place, expected);
    }
  }

  /** Reads a value that has no places of its own: a scalar, a secret as a whole, or one that is no such container. */
  #visitValue(schema: Schema, place: Place, expected: string): void {
    const reader = this.#reader;
    const start = reader.place;
    reader.isInexact = false;
    try {
      read(reader, schema, expected);
      if (reader.isInexact) this.inexact.push(place.pointer);
    } catch (error) {
      reader.place = start;
      reader.any();
      this.#note(error, place);
    }
  }

  #visitUnion(rule: UnionRule, place: Place, expected: string): void {
    const reader = this.#reader;
    const start = reader.place;
    let variant: Schema;
    try {
      variant = readVariant(reader, rule);
    } catch (error) {
      reader.place = start;
      reader.any();
      return this.#note(error, place);
    }
    this.visit(variant, place, expected);
  }

  #visitObject({ properties, places, additional }: ObjectRule, { pointer, isForeign }: Place): void {
    const reader = this.#reader;
    const names = new Set<string>();
    const placeOf = (name: string, isListed: boolean): Place =>
      isForeign || !isListed
        ? { pointer: appendToken(pointer, name), isForeign: true }
        : { pointer: appendToken(pointer, name) };
    for (let has = reader.enter(brace); has; has = reader.next(brace)) {
      const name = reader.name();
      if (names.has(name)) throw repeated();
      names.add(name);
      const listed = places.get(name);
      const schema = listed === undefined ? additional : properties[listed]!.schema;
      if (schema) this.visit(schema, placeOf(name, listed !== undefined));
      else reader.any();
      if (schema === false) this.#note(fault("is not allowed here"), placeOf(name, false));
    }
    for (const { name, schema } of properties) {
      if (!schema.isOptional && !names.has(name)) this.#note(fault(schema.expected, undefined), placeOf(name, true));
    }
  }

  #visitArray(rule: ArrayRule, { pointer, ...rest }: Place): void {
    const reader = this.#reader;
    let count = 0;
    for (let has = reader.enter(bracket); has; has = reader.next(bracket)) {
      this.visit(rule.items, { pointer: appendToken(pointer, count++), ...rest });
    }
    try {
      checkItems(Array.from({ length: count }), rule);
    } catch (error) {
      this.#note(error, { pointer, ...rest });
    }
  }

  #note(error: unknown, { pointer, isForeign }: Place): void {
    const issue = issueOf(error);
    issue.pointer = pointer + issue.pointer;
    if (isForeign) issue.isForeign = true;
    this.issues.push(issue);
    if (this.issues.length >= maxIssues || pointer.length > maxPointerLength) throw new Error("The list is full");
  }
}
