import { Fault, fault, inside } from "./fault.ts";

/** Containers inside containers: what no honest message needs, and a stack can bear. */
const maxDepth = 100;

export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

/** What a string has up to its end or its next escape. */
const plain = /[^"\\\0-\x1f]*/y;

const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads JSON text (RFC 8259) from left to right, each value as its schema wants it: an int64 from its digits, and no member
 * name twice. Nothing is made that is not asked for, so that this costs less than `JSON.parse` and a look at all it made.
 *
 * It throws wherever the text cannot be read so; {@link textFault} tells whether that is the fault of the text itself.
 */
export class Reader {
  readonly #text: string;
  /** Index of the next character. */
  #at: number;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    // One byte order mark may stand before the text.
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** The next character that is no white space, without taking it; -1 at the end. */
  peek(): number {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const char = text.charCodeAt(this.#at);
      if (char > 0x20 || (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09)) return char;
    }
    return -1;
  }

  /** The JSON type of the next value. */
  type(): JsonType | undefined {
    const char = this.peek();
    switch (char) {
      case quote:
        return "string";
      case brace:
        return "object";
      case bracket:
        return "array";
      case 0x74: // t
      case 0x66: // f
        return "boolean";
      case 0x6e: // n
        return "null";
      default:
        return char === 0x2d /* - */ || isDigit(char) ? "number" : undefined;
    }
  }

  /** Enters an object or array; whether there is something in it. */
  enter(open: number): boolean {
    this.#expect(open);
    this.#depth = deeper(this.#depth);
    return !this.#leaves(open);
  }

  /** Goes on to the next member or item; whether there is one. Otherwise the container is left. */
  next(open: number): boolean {
    if (this.#takes(0x2c /* , */)) return true;
    if (!this.#leaves(open)) throw malformed();
    return false;
  }

  #leaves(open: number): boolean {
    const isEnd = this.#takes(open + 2);
    if (isEnd) this.#depth--;
    return isEnd;
  }

  #takes(char: number): boolean {
    const isNext = this.peek() === char;
    if (isNext) this.#at++;
    return isNext;
  }

  #expect(char: number): void {
    if (!this.#takes(char)) throw malformed();
  }

  /** Takes a text, if it is the next and without white space before it. */
  takesText(text: string): boolean {
    const isNext = this.#text.startsWith(text, this.#at);
    if (isNext) this.#at += text.length;
    return isNext;
  }

  /** Takes the name of a member, with its colon. */
  name(): string {
    if (this.peek() !== quote) throw malformed();
    const name = this.string();
    this.#expect(0x3a /* : */);
    return name;
  }

  /** Takes the string that begins here. */
  string(): string {
    const text = this.#text;
    const start = this.#at;
    let end = start + 1;
    let isEscaped = false;
    for (;;) {
      plain.lastIndex = end;
      plain.test(text);
      end = plain.lastIndex;
      if (text.charCodeAt(end) !== 0x5c /* \ */) break;
      isEscaped = true;
      end = Math.min(end + 2, text.length);
    }
    if (text.charCodeAt(end) !== quote) throw malformed();
    this.#at = end + 1;
    return isEscaped ? (parse(text.slice(start, end + 1)) as string) : text.slice(start + 1, end);
  }

  /** Takes the number that begins here: as it is when it is whole and has at most 15 digits, otherwise as its literal. */
  number(): number | string {
    const text = this.#text;
    let end = this.#at;
    let value = 0;
    let char = text.charCodeAt(end);
    while (isDigit(char)) {
      value = value * 10 + char - 0x30;
      char = ++end < text.length ? text.charCodeAt(end) : 0;
    }
    const digits = end - this.#at;
    const isLeading = digits > 1 && text.charCodeAt(this.#at) === 0x30;
    if (digits === 0 || digits > 15 || isLeading || char === 0x2e /* . */ || (char | 0x20) === 0x65 /* e */) return this.#numeral();
    this.#at = end;
    return value;
  }

  #numeral(): string {
    numeral.lastIndex = this.#at;
    const [literal] = numeral.exec(this.#text) ?? [];
    if (literal === undefined) throw malformed();
    this.#at += literal.length;
    return literal;
  }

  /** Takes whatever value comes next, as `JSON.parse` would read it. */
  any(): unknown {
    switch (this.type()) {
      case "string":
        return this.string();
      case "number":
        return Number(this.number());
      case "object":
        return this.#object();
      case "array":
        return this.#array();
      case "boolean": {
        const isTrue = this.takesText("true");
        if (!isTrue && !this.takesText("false")) throw malformed();
        return isTrue;
      }
      default:
        if (!this.takesText("null")) throw malformed();
        return null;
    }
  }

  #object(): object {
    const value = {};
    for (let has = this.enter(brace); has; has = this.next(brace)) {
      const name = this.name();
      try {
        if (Object.hasOwn(value, name)) throw repeated();
        define(value, name, this.any());
      } catch (error) {
        throw inside(error, name);
      }
    }
    return value;
  }

  #array(): unknown[] {
    const value: unknown[] = [];
    for (let has = this.enter(bracket); has; has = this.next(bracket)) {
      try {
        value.push(this.any());
      } catch (error) {
        throw inside(error, value.length);
      }
    }
    return value;
  }

  /**
   * Goes to the value that a member of the next object has; whether it has one. `spelled` is the name as it mostly stands in
   * the text: where no brace comes before it, and no backslash, it is a name of this object.
   */
  seek(name: string, spelled: string): boolean {
    const text = this.#text;
    const near = text.indexOf(spelled, this.#at);
    const isBefore = (char: string) => {
      const at = text.indexOf(char, this.#at + 1);
      return at !== -1 && at < near;
    };
    if (near !== -1 && !isBefore("{") && !isBefore("}") && text.charCodeAt(near - 1) !== 0x5c /* \ */) {
      this.#at = near + spelled.length;
      return true;
    }
    for (let has = this.enter(brace); has; has = this.next(brace)) {
      if (this.name() === name) return true;
      this.any();
    }
    return false;
  }

  /** Refuses what comes after the document. */
  end(): void {
    if (this.peek() !== -1) throw malformed();
  }

  /** Where the reader is; given back, it is there again. */
  get place(): readonly [at: number, depth: number] {
    return [this.#at, this.#depth];
  }

  set place([at, depth]: readonly [at: number, depth: number]) {
    this.#at = at;
    this.#depth = depth;
  }
}

export const brace = 0x7b;
export const bracket = 0x5b;
export const quote = 0x22;

/** One container deeper. */
export function deeper(depth: number): number {
  if (depth === maxDepth) throw fault(`must nest at most ${maxDepth} levels deep`);
  return depth + 1;
}

/** Gives an object a member of its own, whatever its name: `__proto__` is one like any other. */
export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

export const repeated = () => new Fault({ pointer: "", reason: "must not be repeated in its object", isForeign: true });

const malformed = () => fault("must be well-formed JSON");

/**
 * What is wrong with a text whatever its schema: it is not JSON, nests more than 100 levels deep, or has a member name
 * twice in one object. None of that quotes the text.
 */
export function textFault(text: string): unknown {
  try {
    parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    new Reader(text).any();
    return undefined;
  } catch (error) {
    // A repeated name has a place; what nests too deep needs none.
    if (error instanceof Fault && !error.issue.isForeign) error.issue.pointer = "";
    return error;
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed();
  }
}

/** The integer that a JSON number literal denotes, `1.0` and `1e3` included; undefined for a fraction or far above 19 digits. */
export function integerOf(literal: string): bigint | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)\.?(\d*)[eE]?(.*)$/.exec(literal) ?? [];
  const digits = whole + fraction;
  if (!/[1-9]/.test(digits)) return 0n;
  const point = whole.length + Number(exponent);
  if (point > digits.length + 19 || /[1-9]/.test(digits.slice(Math.max(point, 0)))) return undefined;
  const integer = digits.slice(0, point).padEnd(point, "0").replace(/^0+/, "");
  return integer.length > 19 ? undefined : BigInt(sign + integer);
}

const isDigit = (char: number) => char >= 0x30 && char <= 0x39;
