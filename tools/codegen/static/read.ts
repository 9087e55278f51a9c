import { checkBounds, checkItems, checkRange, checkString, isHiding, mismatch } from "./check.ts";
import { Fault, fault, hidden, inside, repeated } from "./fault.ts";
import { integerOf } from "./integer.ts";
import { brace, bracket, define, type Reader } from "./reader.ts";
import { type ArrayRule, type Choice, type ObjectRule, type Schema, settle, type UnionRule } from "./schema.ts";
import { conceal } from "./secret.ts";

/** Takes the value that comes next from the text, as the schema has it. Throws a {@link Fault} when it is another. */
export function read(reader: Reader, schema: Schema, expected = schema.expected): unknown {
  const type = reader.type();
  if (type !== schema.type && !schema.types.includes(type!)) throw mismatch(reader.any(), schema, expected);
  if (type === "null") return isAbsent(reader.any(), schema) ? undefined : null;
  switch (schema.kind) {
    case "string": {
      const text = reader.string();
      checkString(text, schema.rule);
      return text;
    }
    case "literals": {
      const value = readLiteral(reader, schema.rule);
      for (const choice of schema.rule) if (choice.value === value) return value;
      throw fault(expected, value);
    }
    case "number": {
      const value = Number(reader.number());
      checkBounds(value, schema.rule, expected);
      return value;
    }
    case "int64": {
      const digits = reader.number();
      const value = typeof digits === "number" ? BigInt(digits) : integerOf(digits);
      if (value === undefined) throw new Fault({ pointer: "", reason: schema.expected, actual: String(digits).slice(0, 40) }, "a number");
      checkRange(value, schema.rule, schema.expected);
      return value;
    }
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

/** Of an optional secret, an empty text and `null` are none at all. */
const isAbsent = (value: unknown, { kind, isOptional }: Schema) => kind === "secret" && isOptional && (value === null || value === "");

function readObject(reader: Reader, { members, places, required, others }: ObjectRule): object {
  const value: Record<string, unknown> = {};
  let name = "";
  let place: number | undefined;
  // Members mostly come in the order of the contract; one that does not can be there already.
  let next = 0;
  let missing = required;
  try {
    for (let has = reader.enter(brace); has; has = reader.next(brace)) {
      place = takeName(reader, members, next);
      if (place === undefined) {
        name = reader.name();
        if (Object.hasOwn(value, name)) throw repeated();
        place = places.get(name);
      }
      if (place === undefined) {
        define(value, name, readOther(reader, others));
      } else {
        const member = members[place]!;
        name = member.name;
        value[name] = read(reader, member.schema);
        if (!member.schema.isOptional) missing--;
        if (place >= next) next = place + 1;
      }
    }
  } catch (error) {
    throw inside(error, name, place === undefined);
  }
  if (missing > 0) {
    const absent = members.find(({ name, schema }) => !schema.isOptional && !Object.hasOwn(value, name))!;
    throw inside(fault(absent.schema.expected, undefined), absent.name);
  }
  return value;
}

/** Takes the name of one of the next members, if it stands there as it mostly does: a few may be absent. */
function takeName(reader: Reader, members: ObjectRule["members"], next: number): number | undefined {
  for (let place = next; place < members.length && place < next + 4; place++) if (reader.takesText(members[place]!.spelled)) return place;
  return undefined;
}

function readOther(reader: Reader, others: Schema | false | undefined): unknown {
  if (others === undefined) return conceal(reader.any());
  if (others === false) throw fault("is not allowed here");
  return read(reader, others);
}

function readArray(reader: Reader, rule: ArrayRule): unknown[] {
  const value: unknown[] = [];
  for (let has = reader.enter(bracket); has; has = reader.next(bracket)) {
    try {
      value.push(read(reader, rule.items));
    } catch (error) {
      throw inside(error, value.length);
    }
  }
  checkItems(value, rule);
  return value;
}

/** Takes a value that is most likely one of these. */
function readLiteral(reader: Reader, choices: readonly Choice[]): unknown {
  for (const { value, spelled } of choices) if (spelled !== undefined && reader.takesText(spelled)) return value;
  return reader.any();
}

/**
 * The outermost is mostly the first variant, and read as that at once: to look for its tag first costs a tenth of all. No
 * other passes for it, since it requires the tag and takes no value of another's. Further in, to read again and again would
 * double with every level.
 */
function readUnion(reader: Reader, rule: UnionRule, expected: string): unknown {
  if (reader.isOutermost) {
    const { place } = reader;
    try {
      return read(reader, rule.variants[0]!.schema, expected);
    } catch {
      reader.place = place;
    }
  }
  return read(reader, readVariant(reader, rule), expected);
}

/** The variant that the tag of the next object chooses. */
function readVariant(reader: Reader, { tag, spelled, variants, expected }: UnionRule): Schema {
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
