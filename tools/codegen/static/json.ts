import { fault } from "./fault.ts";

/** Containers inside containers: what no honest message needs, and a stack can bear. */
const maxDepth = 100;

/** The source text of each number, by its container and its key there. */
export type Literals = Map<object, Map<string, string>>;

/**
 * Parses JSON text (RFC 8259). Unlike `JSON.parse` it refuses duplicate member names and more than 100 levels of
 * nesting, accepts a leading byte order mark, and never quotes the text in an error.
 *
 * Values are those of `JSON.parse`. `literals` is there when the text holds a number of more than 15 characters or with
 * an exponent: up to 15 characters without one, a double holds the number exactly.
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
  if (depth > maxDepth) throw fault("", `must nest at most ${maxDepth} levels deep, nests ${depth}`);
  if (members !== countMembers(value)) throw fault(duplicateMember(json), "must not be repeated in its object");
  return hasLongNumber ? parseWithLiterals(json) : { value, literals: undefined };
}

/** ECMAScript 2026: a reviver sees the source text of a primitive. The containers of the value are the keys of the map. */
function parseWithLiterals(json: string): { value: unknown; literals: Literals } {
  const literals: Literals = new Map();
  function revive(this: object, key: string, value: unknown, context?: { source?: string }) {
    if (typeof value === "number") {
      if (context?.source === undefined) throw fault("", "holds a number that this JavaScript engine rounds");
      const ofContainer = literals.get(this) ?? new Map<string, string>();
      literals.set(this, ofContainer.set(key, context.source));
    }
    return value;
  }
  return { value: JSON.parse(json, revive), literals };
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
  const children = Object.values(value);
  let members = Array.isArray(value) ? 0 : children.length;
  for (const child of children) members += countMembers(child);
  return members;
}

/** JSON Pointer to the first member that repeats a name of its object. */
function duplicateMember(json: string): string {
  const open: { names: Set<string>; at: string; key: string | number }[] = [];
  const colon = /\s*:/y;
  for (let i = 0; i < json.length; i++) {
    const inside = open.at(-1);
    const char = json[i];
    if (char === "{" || char === "[") {
      const at = inside ? `${inside.at}/${escapeToken(String(inside.key))}` : "";
      open.push({ names: new Set(), at, key: 0 });
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === "," && typeof inside?.key === "number") {
      inside.key++;
    } else if (char === '"') {
      const start = i;
      i = endOfString(json, i);
      colon.lastIndex = i + 1;
      if (!inside || !colon.test(json)) continue;
      const name: string = JSON.parse(json.slice(start, i + 1));
      if (inside.names.has(name)) return `${inside.at}/${escapeToken(name)}`;
      inside.names.add(name);
      inside.key = name;
    }
  }
  return "";
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
