import { fault } from "./fault.ts";

/** Containers inside containers: what no honest message needs, and a stack can bear. */
const maxDepth = 100;

/** The source text of each number, by its JSON Pointer. */
export type Literals = Map<string, string>;

/**
 * Parses JSON text (RFC 8259). Unlike `JSON.parse` it refuses duplicate member names and more than 100 levels of
 * nesting, accepts a leading byte order mark, and never quotes the text in an error.
 *
 * Values are those of `JSON.parse`. `literals` is there when the text holds a number of more than 15 characters or with
 * an exponent: up to 15 characters without one, a double holds the number exactly. They are read from the text and not
 * through a reviver's `context.source`, which V8 leaves out once in some ten thousand numbers.
 */
export function parseJson(text: string): { value: unknown; literals: Literals | undefined } {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw fault("", "must be well-formed JSON");
  }
  const { members, depth, hasLongNumber } = survey(json);
  if (depth > maxDepth) throw fault("", `must nest at most ${maxDepth} levels deep`, depth);
  const isRepeating = members !== countMembers(value);
  if (!isRepeating && !hasLongNumber) return { value, literals: undefined };
  const { repeated, literals } = readPlaces(json);
  if (repeated !== undefined) throw fault(repeated, "must not be repeated in its object");
  return { value, literals };
}

/** The integer that a JSON number literal denotes, `1.0` and `1e3` included; undefined for a fraction or above 19 digits. */
export function integerOf(literal: string): bigint | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === "0") first++;
  let end = digits.length;
  while (end > first && digits[end - 1] === "0") end--;
  if (first === end) return 0n;
  const zeros = whole.length + Number(exponent) - end;
  if (zeros < 0 || end - first + zeros > 19) return undefined;
  return BigInt(sign + digits.slice(first, end) + "0".repeat(zeros));
}

/** One pass over JSON text that is known to be well-formed. */
function survey(json: string) {
  let members = 0;
  let level = 0;
  let depth = 0;
  let hasLongNumber = false;
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === 0x22 /* " */) {
      i = endOfString(json, i);
    } else if (char === 0x3a /* : */) {
      members++;
    } else if (char === 0x7b /* { */ || char === 0x5b /* [ */) {
      if (++level > depth) depth = level;
    } else if (char === 0x7d /* } */ || char === 0x5d /* ] */) {
      level--;
    } else if (char === 0x2d /* - */ || isDigit(char)) {
      const start = i;
      while (isNumberPart(json.charCodeAt(i + 1))) {
        if ((json.charCodeAt(++i) | 0x20) === 0x65 /* e */) hasLongNumber = true;
      }
      if (i - start >= 15) hasLongNumber = true;
    }
  }
  return { members, depth, hasLongNumber };
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item);
  } else {
    for (const name in value) members += 1 + countMembers((value as Record<string, unknown>)[name]);
  }
  return members;
}

/** A slower pass over the same text, which keeps track of where it is. */
function readPlaces(json: string): { repeated: string | undefined; literals: Literals } {
  const literals: Literals = new Map();
  const open: { at: string; key: string | number; names: Set<string> }[] = [];
  const colon = /\s*:/y;
  for (let i = 0; i < json.length; i++) {
    const inside = open.at(-1);
    const at = inside ? `${inside.at}/${inside.key}` : "";
    const char = json.charCodeAt(i);
    if (char === 0x7b /* { */ || char === 0x5b /* [ */) {
      open.push({ at, key: 0, names: new Set() });
    } else if (char === 0x7d /* } */ || char === 0x5d /* ] */) {
      open.pop();
    } else if (char === 0x2c /* , */ && typeof inside?.key === "number") {
      inside.key++;
    } else if (char === 0x2d /* - */ || isDigit(char)) {
      const start = i;
      while (isNumberPart(json.charCodeAt(i + 1))) i++;
      literals.set(at, json.slice(start, i + 1));
    } else if (char === 0x22 /* " */) {
      const start = i;
      i = endOfString(json, i);
      colon.lastIndex = i + 1;
      if (!inside || !colon.test(json)) continue;
      inside.key = escapeToken(JSON.parse(json.slice(start, i + 1)));
      if (inside.names.has(inside.key)) return { repeated: `${inside.at}/${inside.key}`, literals };
      inside.names.add(inside.key);
    }
  }
  return { repeated: undefined, literals };
}

/** Index of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

const isDigit = (char: number) => char >= 0x30 && char <= 0x39;

const isNumberPart = (char: number) =>
  isDigit(char) || char === 0x2e || char === 0x2b || char === 0x2d || (char | 0x20) === 0x65;

/** A member name or index as a token of a JSON Pointer (RFC 6901). */
export const escapeToken = (token: string) => token.replaceAll("~", "~0").replaceAll("/", "~1");
