import { checkNumber, checkRange, checkString } from "./check.ts";
import { Fault } from "./fault.ts";
import type { JsonType } from "./json-value.ts";
import { isGivenBack } from "./number.ts";
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

/** More say nothing that the first do not. */
const maxDeviations = 100;

/** Excuses by interpretations D17 to D19, and lists what it has excused. */
export class Drift implements Tolerance<Reader> {
  readonly deviations: { -readonly [Key in keyof Deviation]: Deviation[Key] }[] = [];
  understood: unknown;
  /** Whether the value that repeats the request could not be read. */
  isEchoUnread = false;
  /** Whether a secret could not be read. */
  isSecretUnread = false;
  /** Whether a secret text came as a number. */
  isSecretDoubtful = false;
  /** Whether a secret text stands where only another variant has one. */
  isContradictory = false;

  understands(reader: Reader, schema: Schema): boolean {
    const { at, depth } = reader;
    const type = reader.type();
    const isUnderstood =
      type === "null" || type === "array"
        ? this.#takesBlank(reader, schema, type)
        : this.#takesLiteral(reader, schema, type);
    if (isUnderstood) return true;
    reader.at = at;
    reader.depth = depth;
    return false;
  }

  #takesBlank(reader: Reader, schema: Schema, type: "null" | "array"): boolean {
    const kind = type === "null" ? "null" : "an empty array";
    if (!isBlank(schema, kind) || (type === "null" ? !reader.takesText("null") : reader.enter(bracket))) return false;
    this.#note("", schema.expected, kind);
    this.understood = undefined;
    return true;
  }

  /** Takes an exact literal of the other JSON type (interpretation D19). */
  #takesLiteral(reader: Reader, schema: Schema, type: JsonType | undefined): boolean {
    const isSecret = schema.kind === "secret";
    const value = otherLiteral(reader, isSecret ? schema.rule : schema, type);
    if (value === undefined) return false;
    this.#note("", schema.expected, type === "string" ? "a text" : "a number");
    if (isSecret) this.isSecretDoubtful = true;
    this.understood = isSecret ? conceal(value) : value;
    return true;
  }

  excuses(
    reader: Reader,
    { pointer, schema }: ObjectProperty,
    start: Reader["place"],
    noted: number,
    error: unknown,
  ): boolean {
    reader.place = start;
    const kind = takeKind(reader);
    if (!(error instanceof Fault)) return false;
    if (!isBlank(schema, kind) && !this.#canDoWithout(schema)) return false;
    this.deviations.length = noted;
    this.#note(pointer, error.issue.pointer === "" ? error.issue.reason : schema.expected, kind);
    return true;
  }

  /** Whether an answer can do without a member that cannot be read (interpretation D17). */
  #canDoWithout(schema: Schema): boolean {
    if (schema.role === "decides-nothing") return true;
    if (schema.role === "echo") return (this.isEchoUnread = true);
    return schema.isOptional && leadsToSecret(schema) && (this.isSecretUnread = true);
  }

  excusesMissing({ pointer, schema }: ObjectProperty): boolean {
    if (schema.role === "decides") return false;
    this.#note(pointer, schema.expected, "missing");
    return true;
  }

  prefix(outer: string, start: number): number {
    for (let at = start; at < this.deviations.length; at++) {
      const deviation = this.deviations[at]!;
      deviation.pointer = outer + deviation.pointer;
    }
    return this.deviations.length;
  }

  reset(): void {
    this.deviations.length = 0;
    this.isEchoUnread = false;
    this.isSecretUnread = false;
    this.isSecretDoubtful = false;
  }

  #note(pointer: string, expected: string, actual: Kind): undefined {
    if (this.deviations.length < maxDeviations) this.deviations.push({ pointer, expected, actual });
  }
}

/**
 * Whether a value that cannot be read is how some languages write that an optional member is not there (interpretation
 * D18): `null`, an empty text where one must not be empty, zero where it must be positive, `[]` where an object is due.
 */
function isBlank(schema: Schema, found: Kind): boolean {
  if (!schema.isOptional && schema.role === "decides") return false;
  if (found === "null" || schema.role === "echo") return found === "null";
  if (found === "an empty array") return schema.types.includes("object");
  const { kind, rule } = schema.kind === "secret" ? schema.rule : schema;
  if (kind === "string") return found === "an empty text" && rule.minLength > 0;
  if (found !== "zero") return false;
  if (kind === "int64") return rule.minimum > 0n;
  return (kind === "number" || kind === "integer") && (rule.minimum > 0 || rule.exclusiveMinimum >= 0);
}

/** Reads an integer or a price in quotes, or a text that is written as an integer; undefined if this is neither. */
function otherLiteral(
  reader: Reader,
  schema: Schema,
  type: JsonType | undefined,
): string | number | bigint | undefined {
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

/** Skips the next value, and names its kind. Throws again what is wrong with the text itself. */
function takeKind(reader: Reader): Kind {
  // By its literal: a double makes zero of 1e-400.
  if (reader.type() === "number") return /^-?[0.]*(?:$|e)/i.test(String(reader.number())) ? "zero" : "a number";
  const value = reader.any();
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  return typeof value === "boolean" ? "a boolean" : "an object";
}

const bracket = 0x5b;
