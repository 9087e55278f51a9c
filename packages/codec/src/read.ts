import { checkNumber, checkItems, checkRange, checkString, isHiding, mismatch } from "./check.ts";
import { Fault, fault, hidden, inside, repeated } from "./fault.ts";
import { integerOf } from "./integer.ts";
import { define } from "./json-value.ts";
import { isGivenBack } from "./number.ts";
import { brace, bracket, type Reader } from "./reader.ts";
import {
  type ArrayRule,
  type Choice,
  type ObjectProperty,
  type ObjectRule,
  type Schema,
  settle,
  type UnionRule,
} from "./schema.ts";
import { conceal } from "./secret.ts";

/**
 * Reads the next value of the text by its schema.
 *
 * @throws A {@link Fault} when the schema does not allow the value.
 */
export function read(reader: Reader, schema: Schema, expected = schema.expected): unknown {
  const type = reader.type();
  if (type !== schema.type && !schema.types.includes(type!)) {
    const { drift } = reader;
    if (drift?.understands(reader, schema)) return drift.understood;
    throw mismatch(reader.any(), schema, expected);
  }
  if (type === "null") return isAbsent(reader.any(), schema) ? undefined : null;
  switch (schema.kind) {
    case "string":
      return checkString(reader.string(), schema.rule);
    case "literals": {
      const value = readLiteral(reader, schema.rule);
      for (const choice of schema.rule) if (choice.value === value) return value;
      throw fault(expected, value);
    }
    case "number":
    case "integer":
      return checkNumber(readNumber(reader), schema, expected);
    case "int64":
      return checkRange(readInt64(reader, schema.expected), schema.rule, schema.expected);
    case "named":
      return read(reader, settle(schema), expected);
    case "object":
      return readObject(reader, schema.rule);
    case "union":
      return readUnion(reader, schema.rule, expected);
    case "array":
      return readArray(reader, schema.rule);
    case "either":
      return (isHiding(schema, type) ? readHidden : read)(reader, schema.rule.get(type)!, expected);
    case "secret": {
      const value = readHidden(reader, schema.rule, expected);
      return isAbsent(value, schema) ? undefined : conceal(value);
    }
    default:
      return reader.any();
  }
}

/** Reads a number. In an answer it must be one that a double gives back (interpretation D19); a request tells it. */
function readNumber(reader: Reader): number {
  const literal = reader.number();
  if (typeof literal === "string" && !isGivenBack(literal)) {
    if (reader.drift) throw fault("must be a number that a double gives back", Number(literal));
    reader.isInexact = true;
  }
  return Number(literal);
}

function readInt64(reader: Reader, expected: string): bigint {
  const digits = reader.number();
  const value = typeof digits === "number" ? BigInt(digits) : integerOf(digits);
  if (value !== undefined) return value;
  throw new Fault({ pointer: "", reason: expected, actual: String(digits).slice(0, 40) }, "a number");
}

/** An optional secret is absent when it is `null` or an empty text. */
const isAbsent = (value: unknown, { kind, isOptional }: Schema) =>
  kind === "secret" && isOptional && (value === null || value === "");

function readObject(reader: Reader, { properties, places, requiredCount, additional }: ObjectRule): object {
  const { drift } = reader;
  const value: Record<string, unknown> = {};
  let name = "";
  let place: number | undefined;
  // Members mostly come in the order of the contract; one out of order can be a repeated one.
  let [next, missing] = [0, requiredCount];
  let [start, noted] = [0, drift?.deviations.length ?? 0];
  for (let has = reader.enter(brace), { depth } = reader; has; has = reader.next(brace)) {
    try {
      place = takeName(reader, properties, next);
      if (place === undefined) {
        name = reader.name();
        if (Object.hasOwn(value, name)) throw repeated();
        place = places.get(name);
      }
      if (place === undefined) {
        define(value, name, readAdditional(reader, additional));
        if (drift) noted = drift.deviations.length;
        continue;
      }
      const property = properties[place]!;
      name = property.name;
      start = reader.at;
      value[name] = read(reader, property.schema);
      if (drift && drift.deviations.length > noted) noted = drift.prefix(property.pointer, noted);
    } catch (error) {
      const property = place === undefined ? undefined : properties[place];
      if (!property || !drift?.excuses(reader, property, [start, depth], noted, error))
        throw inside(error, name, !property);
      noted = drift.deviations.length;
      // The name is taken all the same: a repeated one is never excused.
      value[name] = undefined;
    }
    if (!properties[place!]!.schema.isOptional) missing--;
    if (place! >= next) next = place! + 1;
  }
  if (missing > 0) refuseMissing(reader, properties, value);
  return value;
}

function refuseMissing(reader: Reader, properties: readonly ObjectProperty[], value: object): void {
  for (const property of properties) {
    const { name, schema } = property;
    if (schema.isOptional || Object.hasOwn(value, name) || reader.drift?.excusesMissing(property)) continue;
    throw inside(fault(schema.expected, undefined), name);
  }
}

/** Reads the name of one of the next properties, if the text spells it in the usual way; a few may be absent. */
function takeName(reader: Reader, properties: ObjectRule["properties"], next: number): number | undefined {
  for (let place = next; place < properties.length && place < next + 4; place++) {
    if (reader.takesText(properties[place]!.spelled)) return place;
  }
  return undefined;
}

function readAdditional(reader: Reader, additional: Schema | false | undefined): unknown {
  if (additional === undefined) return conceal(reader.any());
  if (additional === false) throw fault("is not allowed here");
  return readUnnamed(reader, additional);
}

/** Reads an item, or a member whose name the contract does not list. */
function readUnnamed(reader: Reader, schema: Schema): unknown {
  const noted = reader.drift?.deviations.length ?? 0;
  const value = read(reader, schema);
  reader.drift?.prefix("/*", noted);
  return value;
}

function readArray(reader: Reader, rule: ArrayRule): unknown[] {
  const value: unknown[] = [];
  for (let has = reader.enter(bracket); has; has = reader.next(bracket)) {
    try {
      value.push(readUnnamed(reader, rule.items));
    } catch (error) {
      throw inside(error, value.length);
    }
  }
  return checkItems(value, rule);
}

/** Reads a value that is probably one of the choices. */
function readLiteral(reader: Reader, choices: readonly Choice[]): unknown {
  for (const { value, spelled } of choices) if (spelled !== undefined && reader.takesText(spelled)) return value;
  return reader.any();
}

/**
 * Reads the outermost union as its first variant at once: looking for the tag first costs a tenth of everything. No
 * other variant passes for the first, which requires the tag and accepts only values of its own. Inside another value
 * the tag comes first, because reading twice would double the work with every level.
 */
function readUnion(reader: Reader, rule: UnionRule, expected: string): unknown {
  if (reader.depth === 0) {
    const { place } = reader;
    try {
      return read(reader, rule.variants[0]!.schema, expected);
    } catch {
      reader.place = place;
      reader.drift?.reset();
    }
  }
  return read(reader, readVariant(reader, rule), expected);
}

/** Finds the variant that the tag of the next object names. */
export function readVariant(reader: Reader, { tag, spelled, variants, expected }: UnionRule): Schema {
  const { place } = reader;
  const value = reader.seek(tag, spelled) ? readLiteral(reader, variants) : undefined;
  const variant = variants.find((each) => each.value === value);
  if (!variant) throw inside(fault(expected, value), tag);
  reader.place = place;
  return variant.schema;
}

function readHidden(reader: Reader, schema: Schema, expected: string): unknown {
  try {
    return read(reader, schema, expected);
  } catch (error) {
    throw hidden(error);
  }
}
