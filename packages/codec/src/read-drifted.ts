import { checkNumber, checkItems, checkRange, checkString } from "./check.ts";
import { type Drift, kindOf } from "./drift.ts";
import { Fault, fault, inside, repeated } from "./fault.ts";
import { define } from "./json-value.ts";
import { isGivenBack } from "./number.ts";
import { read, readVariant } from "./read.ts";
import { brace, bracket, type Reader } from "./reader.ts";
import { type ArrayRule, type ObjectRule, type Schema, settle } from "./schema.ts";
import { leadsToSecret } from "./secret-paths.ts";
import { conceal } from "./secret.ts";

/**
 * Reads the next value of an answer by its schema, as `readAnswer` promises, and lists what it does without.
 *
 * @throws A {@link Fault} when what decides is off contract.
 */
export function readDrifted(reader: Reader, schema: Schema, drift: Drift, expected = schema.expected): unknown {
  const type = reader.type();
  if (type === "object") {
    if (schema.kind === "object") return readObject(reader, schema.rule, drift);
    if (schema.kind === "union") return readDrifted(reader, readVariant(reader, schema.rule), drift);
  }
  if (type === "array" && schema.kind === "array") return readItems(reader, schema.rule, drift);
  if (schema.kind === "named") return readDrifted(reader, settle(schema), drift, expected);
  if (schema.kind === "either") {
    const variant = schema.rule.get(type);
    if (variant) return readDrifted(reader, variant, drift, expected);
  }
  return readScalar(reader, schema, drift, expected);
}

/** Reads a value strictly, or as the exact literal of the other JSON type (interpretation D19). */
function readScalar(reader: Reader, schema: Schema, drift: Drift, expected: string): unknown {
  const { place } = reader;
  try {
    reader.isRounded = false;
    const value = read(reader, schema, expected);
    if (!reader.isRounded) return value;
    throw fault("must be a number that a double gives back", value);
  } catch (error) {
    const end = reader.place;
    reader.place = place;
    const isSecret = schema.kind === "secret";
    const value = readOtherLiteral(reader, isSecret ? schema.rule : schema);
    if (value === undefined) {
      reader.place = end;
      throw error;
    }
    drift.note(schema.expected, typeof value === "string" ? "a number" : "a text");
    if (!isSecret) return value;
    drift.isSecretDoubtful = true;
    return conceal(value);
  }
}

/** Reads an integer or a price in quotes, or a text that is written as an integer; undefined if this is neither. */
function readOtherLiteral(reader: Reader, schema: Schema): string | number | bigint | undefined {
  const type = reader.type();
  if (schema.kind === "string" && type === "number") {
    const digits = String(reader.number());
    return /^[1-9]\d*$/.test(digits) ? checkString(digits, schema.rule) : undefined;
  }
  if (type !== "string") return undefined;
  if (schema.kind === "number" || schema.kind === "integer") {
    const text = reader.string();
    const isExact = (schema.kind === "number" ? price : digits).test(text) && isGivenBack(text);
    return isExact ? checkNumber(Number(text), schema, schema.expected) : undefined;
  }
  if (schema.kind !== "int64") return undefined;
  const text = reader.string();
  return digits.test(text) && text.length <= 20 ? checkRange(BigInt(text), schema.rule, schema.expected) : undefined;
}

/** No fraction of three digits: `50.000` is fifty thousand to some. */
const price = /^(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2})?$/;
const digits = /^-?(?:0|[1-9][0-9]*)$/;

function readObject(reader: Reader, { properties, places, additional }: ObjectRule, drift: Drift): object {
  const value: Record<string, unknown> = {};
  // Also the names of members that count as absent: a repeated name is never excused.
  const names = new Set<string>();
  for (let has = reader.enter(brace); has; has = reader.next(brace)) {
    const name = reader.name();
    const place = places.get(name);
    try {
      if (names.has(name)) throw repeated();
      names.add(name);
      if (place === undefined) define(value, name, readAdditional(reader, additional, drift));
      else drift.within(name, () => readMember(reader, properties[place]!, value, drift));
    } catch (error) {
      throw inside(error, name, place === undefined);
    }
  }
  for (const { name, schema } of properties) {
    if (schema.isOptional || names.has(name)) continue;
    if (schema.role === "decides") throw inside(fault(schema.expected, undefined), name);
    drift.within(name, () => drift.note(schema.expected, "missing"));
  }
  return value;
}

/** Reads a member, or leaves it out when the answer can do without it. */
function readMember(
  reader: Reader,
  { name, schema }: ObjectRule["properties"][number],
  value: Record<string, unknown>,
  drift: Drift,
): void {
  const { place } = reader;
  const noted = drift.deviations.length;
  try {
    value[name] = readDrifted(reader, schema, drift);
  } catch (error) {
    reader.place = place;
    // A fault of the text itself is thrown again here.
    const raw = readRaw(reader);
    if (!(error instanceof Fault) || !isExcused(schema, raw, drift)) throw error;
    drift.deviations.length = noted;
    drift.note(error.issue.pointer === "" ? error.issue.reason : schema.expected, kindOf(raw));
  }
}

/** The value, by which its kind is told. A number that a double can only round to zero is not zero. */
function readRaw(reader: Reader): unknown {
  if (reader.type() !== "number") return reader.any();
  const literal = reader.number();
  return typeof literal === "number" || isGivenBack(literal) ? Number(literal) : Number(literal) || Number.NaN;
}

/** Whether an answer can do without a member that cannot be read (interpretations D17, D18). */
function isExcused(schema: Schema, raw: unknown, drift: Drift): boolean {
  if (schema.role === "echo") {
    if (raw !== null) drift.isEchoUnread = true;
    return true;
  }
  if (schema.role === "decides-nothing") return true;
  if (!schema.isOptional) return false;
  if (isBlank(schema, raw)) return true;
  if (!leadsToSecret(schema)) return false;
  drift.isSecretDoubtful = true;
  return true;
}

/** Whether a refused value is how some languages write that there is none (interpretation D18). */
function isBlank(schema: Schema, raw: unknown): boolean {
  if (raw === null) return true;
  if (raw === "") return schema.types.includes("string");
  if (raw === 0) return schema.types.includes("number");
  return Array.isArray(raw) && raw.length === 0 && schema.types.includes("object");
}

function readAdditional(reader: Reader, additional: Schema | false | undefined, drift: Drift): unknown {
  if (additional === undefined) return conceal(reader.any());
  if (additional === false) throw fault("is not allowed here");
  return drift.within("*", () => readDrifted(reader, additional, drift));
}

function readItems(reader: Reader, rule: ArrayRule, drift: Drift): unknown[] {
  const value: unknown[] = [];
  for (let has = reader.enter(bracket); has; has = reader.next(bracket)) {
    try {
      value.push(drift.within("*", () => readDrifted(reader, rule.items, drift)));
    } catch (error) {
      throw inside(error, value.length);
    }
  }
  return checkItems(value, rule);
}
