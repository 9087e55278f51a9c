import { Fault, fault, type Issue } from "./fault.ts";
import { checkDepth, escapeToken, integerOf, type Literals, parseJson } from "./json.ts";
import { conceal, type Secret } from "./secret.ts";

export { describeIssue, fault, type Issue, secretFault } from "./fault.ts";
export { conceal, reveal, type Secret } from "./secret.ts";

/** A value, or the first thing that is wrong with it. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; issue: Issue };

/** JSON text, or the first thing that is wrong with the value. */
export type Encoded = { ok: true; text: string } | { ok: false; issue: Issue };

/** What `encode` takes: where the schema has an int64, a safe integer `number` will do, and for a secret its value. */
export type Encodable<T> = T extends bigint
  ? bigint | number
  : T extends Secret<infer Value>
    ? T | Encodable<Value>
    : T extends (infer Item)[]
      ? Encodable<Item>[]
      : T extends object
        ? { [Key in keyof T]: Encodable<T[Key]> }
        : T;

/** Reads and writes one schema of the contract. Neither direction throws. */
export interface Codec<T> {
  /**
   * Reads JSON text. Members that the schema does not list are ignored, and kept as secrets; a repeated member name, more
   * than 100 levels of nesting, and anything that the schema does not allow is an issue. An int64 becomes a `bigint` that equals
   * its literal: `1.0` and `1e3` are integers, `9007199254740991.4` and 2^63 are not. What the contract marks with
   * `x-secret` becomes a {@link Secret}; where it is optional, an empty text or `null` counts as absent.
   */
  decode(text: string): Decoded<T>;
  /**
   * Writes JSON text: the members that the schema lists, and no others. An int64 is written digit for digit; a `number`
   * in its place must be a safe integer. Where the schema says nothing, a value that is not JSON is an issue: a number
   * that is not finite, an object that writes itself in another way (`toJSON`), a secret; so is too deep a nesting.
   */
  encode(value: Encodable<T>): Encoded;
}

/** What a check does beside checking: reading puts another value into the container, writing leaves what is there. */
export interface Direction {
  /** Checks a number, and makes it a `bigint`. */
  int64(container: object, key: string | number, at: string, min: bigint, max: bigint): void;
  /** Makes a checked value a `Secret`. */
  secret(container: object, key: string | number): void;
  /** The same for a property that may be absent: an empty text and `null` are then no secret, but none at all. */
  optionalSecret(container: object, key: string | number): void;
  /** Makes what the schema does not list a `Secret`: nobody has said that it is none. */
  others(container: object, listed: ReadonlySet<string>): void;
}

type Members = { [key: string | number]: unknown };

type Check<T> = (value: unknown, at: string, direction: Direction) => asserts value is T;

/** Makes a codec of a printed check and a printed writer. */
export function codec<T>(check: Check<T>, write: (value: Encodable<T>) => string): Codec<T> {
  return {
    decode(text) {
      try {
        const { value, literals } = parseJson(text);
        const checked: Check<T> = check;
        checked(value, "", literals ? readingExactly(literals) : reading);
        return { ok: true, value };
      } catch (error) {
        return { ok: false, issue: issueOf(error) };
      }
    },
    encode(value) {
      try {
        check(value, "", writing);
        isDeep = false;
        const text = write(value);
        if (isDeep) checkDepth(text);
        return { ok: true, text };
      } catch (error) {
        return { ok: false, issue: issueOf(error) };
      }
    },
  };
}

/** Whether the value that is being written has containers about which the schema says nothing. */
let isDeep = false;

/** Writes a value about which the schema says nothing: what `JSON.stringify` does, without its leniency. */
export function writeAny(value: unknown): string {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  isDeep = true;
  if (Array.isArray(value)) return `[${value.map(writeAny).join(",")}]`;
  if (Object.prototype.toString.call(value) !== "[object Object]" || "toJSON" in (value as object)) {
    throw fault("", "must hold nothing but JSON values: objects, arrays, strings, finite numbers, booleans, null");
  }
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeAny(member)}`).join(",")}}`;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Compares the length of a text in Unicode code points, as JSON Schema counts it. */
export const isLongerThan = (text: string, limit: number) => text.length > limit && codePoints(text) > limit;

/** Compares the length of a text in Unicode code points, as JSON Schema counts it. */
export const isShorterThan = (text: string, limit: number) => text.length < limit * 2 && codePoints(text) < limit;

function codePoints(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if (text.charCodeAt(i) >>> 10 === 0x36 && text.charCodeAt(i + 1) >>> 10 === 0x37) {
      length--;
      i++;
    }
  }
  return length;
}

/** A member name that is only known at run time, as a step of a JSON Pointer. */
export const step = (at: string, key: string | number) => `${at}/${escapeToken(String(key))}`;

const reading: Direction = {
  int64(container, key, at, min, max) {
    const value = (container as Members)[key];
    if (typeof value !== "number" || !Number.isInteger(value)) throw notInt64(at, min, max, value);
    (container as Members)[key] = inRange(BigInt(value), at, min, max);
  },
  secret(container, key) {
    const value = (container as Members)[key];
    if (value !== null) (container as Members)[key] = conceal(value);
  },
  optionalSecret(container, key) {
    const value = (container as Members)[key];
    (container as Members)[key] = value === null || value === "" ? undefined : conceal(value);
  },
  others(container, listed) {
    for (const name in container) if (!listed.has(name)) (container as Members)[name] = conceal((container as Members)[name]);
  },
};

const readingExactly = (literals: Literals): Direction => ({
  ...reading,
  int64(container, key, at, min, max) {
    const literal = literals.get(container)?.get(key);
    if (literal === undefined) throw notInt64(at, min, max, (container as Members)[key]);
    const value = integerOf(literal);
    if (value === undefined) throw new Fault({ pointer: at, reason: int64Reason(min, max), actual: literal.slice(0, 40) });
    (container as Members)[key] = inRange(value, at, min, max);
  },
});

const writing: Direction = {
  int64(container, key, at, min, max) {
    const value = (container as Members)[key];
    if (typeof value === "bigint") inRange(value, at, min, max);
    else if (Number.isSafeInteger(value)) inRange(BigInt(value as number), at, min, max);
    else throw fault(at, `must be a bigint or a safe integer from ${min} to ${max}`, value);
  },
  secret() {},
  optionalSecret() {},
  others() {},
};

function inRange(value: bigint, at: string, min: bigint, max: bigint): bigint {
  if (value < min || value > max) throw notInt64(at, min, max, value);
  return value;
}

const notInt64 = (at: string, min: bigint, max: bigint, value: unknown) => fault(at, int64Reason(min, max), value);

const int64Reason = (min: bigint, max: bigint) => `must be an integer from ${min} to ${max}`;

/** What a codec throws is a fault, or a limit of the engine: a cycle or a `bigint` where the schema says nothing. */
function issueOf(error: unknown): Issue {
  if (error instanceof Fault) return error.issue;
  return { pointer: "", reason: "must be a value that JSON can hold" };
}
