import { checkNumber, checkRange, checkString } from "./check.ts";
import { Fault } from "./fault.ts";
import { isGivenBack } from "./number.ts";
import { read } from "./read.ts";
import type { Reader } from "./reader.ts";
import type { ObjectProperty, Schema } from "./schema.ts";
import { leadsToSecret } from "./secret-paths.ts";
import { conceal } from "./secret.ts";
import type { Tolerance } from "./tolerance.ts";

/** One thing in an answer that is off contract, and that a tolerant reader did without or understood all the same. */
export interface Deviation {
  /**
   * JSON Pointer (RFC 6901) to the value. A name that the contract does not list, and the index of an item, is `*`: so
   * the pointer tells nothing but the contract's own names.
   */
  readonly pointer: string;
  /** The demand of the contract, such as `must be a string`. */
  readonly expected: string;
  /** What came, by its kind: the value itself may be a secret. */
  readonly actual: Kind;
}

type Kind =
  | "missing"
  | "null"
  | "a text"
  | "an empty text"
  | "a number"
  | "zero"
  | "a boolean"
  | "an array"
  | "an empty array"
  | "an object";

/** Excuses by interpretations D17 to D19, and lists what it has excused. */
export class Drift implements Tolerance<Reader> {
  deviations: Deviation[] = [];
  /** Whether the value that repeats the request could not be read. */
  isEchoUnread = false;
  /** Whether a secret could not be read, or came as a number. */
  isSecretDoubtful = false;

  readMember(reader: Reader, { pointer, schema }: ObjectProperty): unknown {
    const blank = takeBlank(reader, schema);
    if (blank !== undefined) return this.#note(pointer, demand(schema, blank), blank);
    const { at, depth } = reader;
    const { length } = this.deviations;
    try {
      const value = read(reader, schema);
      if (this.deviations.length > length) this.prefix(pointer, length);
      return value;
    } catch (error) {
      reader.place = [at, depth];
      // A fault of the text itself is thrown again here.
      const raw = readRaw(reader);
      if (!(error instanceof Fault) || !this.#excuses(schema)) throw error;
      this.deviations.length = length;
      return this.#note(pointer, error.issue.pointer === "" ? error.issue.reason : schema.expected, kindOf(raw));
    }
  }

  /** Whether an answer can do without a member that cannot be read (interpretation D17). */
  #excuses(schema: Schema): boolean {
    if (schema.role === "decides-nothing") return true;
    if (schema.role === "echo") return (this.isEchoUnread = true);
    return schema.isOptional && leadsToSecret(schema) && (this.isSecretDoubtful = true);
  }

  excusesMissing({ pointer, schema }: ObjectProperty): boolean {
    if (schema.role === "decides") return false;
    this.#note(pointer, schema.expected, "missing");
    return true;
  }

  readOtherLiteral(reader: Reader, schema: Schema): unknown {
    const isSecret = schema.kind === "secret";
    const { place } = reader;
    const value = otherLiteral(reader, isSecret ? schema.rule : schema);
    if (value === undefined) {
      reader.place = place;
      return undefined;
    }
    this.#note("", schema.expected, typeof value === "string" ? "a number" : "a text");
    if (!isSecret) return value;
    this.isSecretDoubtful = true;
    return conceal(value);
  }

  readonly isGivenBack = isGivenBack;

  prefix(outer: string, start: number): void {
    const { deviations } = this;
    for (let at = start; at < deviations.length; at++) {
      const deviation = deviations[at]!;
      deviations[at] = { ...deviation, pointer: outer + deviation.pointer };
    }
  }

  reset(): void {
    this.deviations.length = 0;
    this.isEchoUnread = false;
    this.isSecretDoubtful = false;
  }

  #note(pointer: string, expected: string, actual: Kind): undefined {
    this.deviations.push({ pointer, expected, actual });
  }
}

/**
 * Skips how some languages write that an optional member is not there (interpretation D18): `null`, an empty text where
 * one must not be empty, zero where it must be positive, `[]` where an object is due. Returns which, or undefined.
 */
function takeBlank(reader: Reader, schema: Schema): Kind | undefined {
  const { types, role } = schema;
  if (!schema.isOptional && role === "decides") return undefined;
  const type = reader.type();
  if (type === schema.type && type !== "string" && type !== "number") return undefined;
  if (type === "null") return !types.includes("null") && reader.takesText("null") ? "null" : undefined;
  if (role === "echo") return undefined;
  if (type === "array")
    return !types.includes(type) && types.includes("object") && takeIfEmpty(reader) ? "an empty array" : undefined;
  const { kind, rule } = schema.kind === "secret" ? schema.rule : schema;
  if (type === "string")
    return kind === "string" && rule.minLength > 0 && reader.takesText('""') ? "an empty text" : undefined;
  if (type !== "number" || reader.peek() !== 0x30 /* 0 */) return undefined;
  const isPositive =
    kind === "int64"
      ? rule.minimum > 0n
      : (kind === "number" || kind === "integer") && (rule.minimum > 0 || rule.exclusiveMinimum >= 0);
  return isPositive && takeIfZero(reader) ? "zero" : undefined;
}

function takeIfEmpty(reader: Reader): boolean {
  const { place } = reader;
  if (!reader.enter(bracket)) return true;
  reader.place = place;
  return false;
}

function takeIfZero(reader: Reader): boolean {
  const { place } = reader;
  if (isZero(reader.number())) return true;
  reader.place = place;
  return false;
}

/** A number that a double can only round to zero, such as `1e-400`, is not zero. */
const isZero = (literal: number | string) => Number(literal) === 0 && isGivenBack(String(literal));

/** The value, by which its kind is told. */
function readRaw(reader: Reader): unknown {
  if (reader.type() !== "number") return reader.any();
  return isZero(reader.number()) ? 0 : 1;
}

function demand(schema: Schema, blank: Kind): string {
  if (blank === "an empty text") return "must not be empty";
  return blank === "zero" ? "must be positive" : schema.expected;
}

/** Reads an integer or a price in quotes, or a text that is written as an integer; undefined if this is neither. */
function otherLiteral(reader: Reader, schema: Schema): string | number | bigint | undefined {
  const type = reader.type();
  if (schema.kind === "string" && type === "number") {
    const digits = String(reader.number());
    return /^[1-9]\d*$/.test(digits) ? checkString(digits, schema.rule) : undefined;
  }
  if (type !== "string") return undefined;
  if (schema.kind === "number" || schema.kind === "integer") {
    const text = reader.string();
    const isExact = (schema.kind === "number" ? price : integer).test(text) && isGivenBack(text);
    return isExact ? checkNumber(Number(text), schema, schema.expected) : undefined;
  }
  if (schema.kind !== "int64") return undefined;
  const text = reader.string();
  return integer.test(text) && text.length <= 20 ? checkRange(BigInt(text), schema.rule, schema.expected) : undefined;
}

/** No fraction of three digits: `50.000` is fifty thousand to some. */
const price = /^(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2})?$/;
const integer = /^-?(?:0|[1-9][0-9]*)$/;

function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  if (typeof value === "number") return value === 0 ? "zero" : "a number";
  return typeof value === "boolean" ? "a boolean" : "an object";
}

const bracket = 0x5b;
