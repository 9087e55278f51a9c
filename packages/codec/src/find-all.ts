import { checkItems } from "./check.ts";
import { fault, type Issue, issueOf, repeated } from "./fault.ts";
import { appendToken } from "./json-pointer.ts";
import { read, readVariant } from "./read.ts";
import { brace, bracket, Reader } from "./reader.ts";
import { type ArrayRule, type ObjectRule, type Schema, settle } from "./schema.ts";
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
  const issues = ending ? [issueOf(ending)] : [];
  walk(text, schema, issues, []);
  const [first = issueOf(error), ...others] = issues;
  return [first, ...others];
}

/** Lists the pointers to the numbers that a double does not give back, in a text that a strict reader takes. */
export function findInexact(text: string, schema: Schema): readonly string[] {
  const inexact: string[] = [];
  walk(text, schema, [], inexact);
  return inexact;
}

/** Goes through a text by its schema, on past every fault but one of the text itself. */
function walk(text: string, schema: Schema, issues: Issue[], inexact: string[]): void {
  try {
    visit(schema, "", false, { reader: new Reader(text), issues, inexact });
  } catch {
    // The text cannot be read on from there, or the list is full.
  }
}

interface Walk {
  readonly reader: Reader;
  readonly issues: Issue[];
  readonly inexact: string[];
}

/** Visits the next value. `isForeign`: the pointer to it holds names from the text. */
function visit(schema: Schema, pointer: string, isForeign: boolean, on: Walk, expected = schema.expected): void {
  const type = on.reader.type();
  if ((type === "object" || type === "array") && schema.types.includes(type)) {
    switch (schema.kind) {
      case "named":
        return visit(settle(schema), pointer, isForeign, on, expected);
      case "either":
        return visit(schema.rule.get(type)!, pointer, isForeign, on, expected);
      case "object":
        return visitObject(schema.rule, pointer, isForeign, on);
      case "array":
        return visitArray(schema.rule, pointer, isForeign, on);
      case "union": {
        const variant = attempt(() => readVariant(on.reader, schema.rule), pointer, isForeign, on);
        if (variant) visit(variant, pointer, isForeign, on, expected);
        return;
      }
      default:
      // A secret is read as a whole.
    }
  }
  on.reader.isInexact = false;
  attempt(() => read(on.reader, schema, expected), pointer, isForeign, on);
  if (on.reader.isInexact) on.inexact.push(pointer);
}

function visitObject(
  { properties, places, additional }: ObjectRule,
  outer: string,
  isForeign: boolean,
  on: Walk,
): void {
  const { reader } = on;
  const names = new Set<string>();
  for (let has = reader.enter(brace); has; has = reader.next(brace)) {
    const name = reader.name();
    if (names.has(name)) throw repeated();
    names.add(name);
    const pointer = appendToken(outer, name);
    const place = places.get(name);
    const schema = place === undefined ? additional : properties[place]!.schema;
    if (schema) {
      visit(schema, pointer, isForeign || place === undefined, on);
      continue;
    }
    reader.any();
    if (schema === false) note(fault("is not allowed here"), pointer, true, on);
  }
  for (const { name, schema } of properties) {
    if (schema.isOptional || names.has(name)) continue;
    note(fault(schema.expected, undefined), appendToken(outer, name), isForeign, on);
  }
}

function visitArray(rule: ArrayRule, outer: string, isForeign: boolean, on: Walk): void {
  const items: undefined[] = [];
  for (let has = on.reader.enter(bracket); has; has = on.reader.next(bracket)) {
    visit(rule.items, appendToken(outer, items.length), isForeign, on);
    items.push(undefined);
  }
  try {
    checkItems(items, rule);
  } catch (error) {
    note(error, outer, isForeign, on);
  }
}

/** Reads something. If that fails, skips the value that begins here, and notes the fault. */
function attempt<T>(readIt: () => T, pointer: string, isForeign: boolean, on: Walk): T | undefined {
  const { place } = on.reader;
  try {
    return readIt();
  } catch (error) {
    on.reader.place = place;
    on.reader.any();
    note(error, pointer, isForeign, on);
    return undefined;
  }
}

function note(error: unknown, pointer: string, isForeign: boolean, { issues }: Walk): void {
  const issue = issueOf(error);
  issue.pointer = pointer + issue.pointer;
  if (isForeign) issue.isForeign = true;
  if (issues.push(issue) >= maxIssues || pointer.length > maxPointerLength) throw new Error("The list is full");
}
