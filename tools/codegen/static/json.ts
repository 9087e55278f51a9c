import { Fault, fault } from "./fault.ts";

/** Containers inside containers: what no honest message needs, and a stack can bear. */
const maxDepth = 100;

/** The source text of the numbers in each object and array, by member name or index. */
export type Literals = Map<object, Map<string | number, string>>;

/**
 * Parses JSON text (RFC 8259). Unlike `JSON.parse` it refuses duplicate member names and more than 100 levels of
 * nesting, accepts a leading byte order mark, and never quotes the text in an error.
 *
 * Values are those of `JSON.parse`. Without `literals`, every number in an object has at most 15 characters and no
 * exponent, so that a double holds it exactly, and no array holds a number. Literals are read from the text and not
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
  if (typeof value !== "object" || value === null) return { value, literals: undefined };
  if (!isPolluted() && isPlain(json, countMembers(value, 1))) return { value, literals: undefined };
  const { repeated, literals } = readPlaces(json, value);
  if (repeated !== undefined) throw new Fault({ pointer: repeated, reason: "must not be repeated in its object", isForeign: true });
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

/** Whether every object has a member that is not its own: then members cannot be counted. */
function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/** Refuses well-formed JSON text that nests too deep. */
export function checkDepth(json: string): void {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === 0x22 /* " */) i = endOfString(json, i);
    else if (char === 0x7d /* } */ || char === 0x5d /* ] */) depth--;
    else if ((char === 0x7b /* { */ || char === 0x5b /* [ */) && ++depth > maxDepth) throw tooDeep();
  }
}

const tooDeep = () => fault("", `must nest at most ${maxDepth} levels deep`);

/** How many members a value has, at every level; NaN, which equals no count, when an array in it holds a number. */
function countMembers(value: object, depth: number): number {
  if (depth > maxDepth) throw tooDeep();
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === "object" && item !== null) members += countMembers(item, depth + 1);
      else if (typeof item === "number") members = NaN;
    }
  } else {
    for (const name in value) {
      const child = (value as Record<string, unknown>)[name];
      members++;
      if (typeof child === "object" && child !== null) members += countMembers(child, depth + 1);
    }
  }
  return members;
}

/**
 * Whether well-formed JSON text has no more members than its value, and no long number in them. May say no of a text
 * with an odd string in it: every colon counts that could follow a member name, inside of a string too.
 */
function isPlain(json: string, members: number): boolean {
  let left = members;
  for (let colon = json.indexOf(":"); colon !== -1; colon = json.indexOf(":", colon + 1)) {
    const before = json.charCodeAt(colon - 1);
    if (before !== 0x22 /* " */ && before > 0x20) continue;
    left--;
    if (json.charCodeAt(colon + 1) !== 0x22 && isLongNumber(json, colon + 1)) return false;
  }
  return left === 0;
}

function isLongNumber(json: string, from: number): boolean {
  let start = from;
  while (json.charCodeAt(start) <= 0x20) start++;
  for (let i = start; isNumberPart(json.charCodeAt(i)); i++) {
    if (i - start === 15 || (json.charCodeAt(i) | 0x20) === 0x65 /* e */) return true;
  }
  return false;
}

/** A slower pass over the same text, which keeps track of where it is in the value. */
function readPlaces(json: string, value: object): { repeated: string | undefined; literals: Literals } {
  const literals: Literals = new Map();
  const open: Place[] = [];
  const colon = /\s*:/y;
  for (let i = 0; i < json.length; i++) {
    const inside = open.at(-1);
    const char = json.charCodeAt(i);
    if (char === 0x7b /* { */ || char === 0x5b /* [ */) {
      open.push({ container: inside ? inside.container?.[inside.key] as Members : value as Members, key: 0, names: new Set() });
    } else if (char === 0x7d /* } */ || char === 0x5d /* ] */) {
      open.pop();
    } else if (char === 0x2c /* , */ && typeof inside?.key === "number") {
      inside.key++;
    } else if (char === 0x2d /* - */ || isDigit(char)) {
      const start = i;
      while (isNumberPart(json.charCodeAt(i + 1))) i++;
      if (inside?.container) literalsIn(literals, inside.container).set(inside.key, json.slice(start, i + 1));
    } else if (char === 0x22 /* " */) {
      const start = i;
      i = endOfString(json, i);
      colon.lastIndex = i + 1;
      if (!inside || !colon.test(json)) continue;
      inside.key = JSON.parse(json.slice(start, i + 1)) as string;
      if (inside.names.has(inside.key)) return { repeated: pointerTo(open), literals };
      inside.names.add(inside.key);
    }
  }
  return { repeated: undefined, literals };
}

/** Where the slow pass is in one container; a repeated name can make it take another value for the container. */
interface Place {
  container: Members | undefined;
  key: string | number;
  names: Set<string>;
}

type Members = { [key: string | number]: unknown };

function literalsIn(literals: Literals, container: object): Map<string | number, string> {
  const found = literals.get(container) ?? new Map<string | number, string>();
  literals.set(container, found);
  return found;
}

const pointerTo = (open: Place[]) => open.map(({ key }) => `/${escapeToken(String(key))}`).join("");

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
