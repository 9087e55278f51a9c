import { deeper, inside, malformed, parse, repeated } from "./fault.ts";
import { define, type JsonType } from "./json-value.ts";
import type { Tolerance } from "./tolerance.ts";

/** The characters of a string up to its end or its next escape. */
// oxlint-disable-next-line no-control-regex -- JSON allows no control characters in a string
const plain = /[^"\\\0-\x1f]*/y;

const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Strings cut from longer texts are copied: V8 substrings keep their parent alive. */
const maxSharedLength = 4096;

/**
 * Reads JSON text (RFC 8259) from left to right, value by value, as a schema asks for them: an int64 from its digits,
 * and no member name twice. It makes only the values that are asked for, which costs less than `JSON.parse` and a check
 * of everything that `JSON.parse` makes.
 *
 * It throws at the first text that it cannot read; `textFault` finds out whether the text itself is at fault.
 */
export class Reader {
  readonly #text: string;
  readonly #isLong: boolean;
  /** Index of the next character. */
  at: number;
  /** How many objects and arrays are around it. */
  depth = 0;
  /** Whether a number was read that a double does not give back. */
  isInexact = false;
  /** What may be off contract, for a reader of answers. Without it the reader is strict. */
  readonly drift: Tolerance<Reader> | undefined;

  constructor(text: string, drift?: Tolerance<Reader>) {
    this.#text = text;
    this.drift = drift;
    this.#isLong = text.length > maxSharedLength;
    // One byte order mark may stand before the text.
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** Looks at the next character that is no white space; -1 at the end. */
  peek(): number {
    const text = this.#text;
    for (; this.at < text.length; this.at++) {
      const char = text.charCodeAt(this.at);
      if (char > 0x20 || (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09)) return char;
    }
    return -1;
  }

  /** Looks at the JSON type of the next value. */
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

  /** Enters an object or an array. Returns whether it holds anything. */
  enter(open: number): boolean {
    this.#expect(open);
    const depth = deeper(this.depth);
    if (this.#takes(closing(open))) return false;
    this.depth = depth;
    return true;
  }

  /** Goes on to the next member or item, or leaves the container. Returns whether there is one. */
  next(open: number): boolean {
    const char = this.peek();
    this.at++;
    if (char === 0x2c /* , */) return true;
    if (char !== closing(open)) throw malformed();
    this.depth--;
    return false;
  }

  #takes(char: number): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }

  #expect(char: number): void {
    if (!this.#takes(char)) throw malformed();
  }

  /** Reads a known text if it comes next, without white space before it. Returns whether it did. */
  takesText(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Reads the name of a member and its colon. */
  name(): string {
    if (this.peek() !== quote) throw malformed();
    const name = this.string();
    this.#expect(0x3a /* : */);
    return name;
  }

  /** Reads the string that begins here. */
  string(): string {
    const text = this.#text;
    const start = this.at;
    let end = start + 1;
    let isEscaped = false;
    for (;;) {
      plain.lastIndex = end;
      plain.test(text);
      end = plain.lastIndex;
      if (text.charCodeAt(end) !== 0x5c /* \ */) break;
      isEscaped = true;
      // Beyond the end of the text, the pattern would begin anew.
      end = Math.min(end + 2, text.length);
    }
    if (text.charCodeAt(end) !== quote) throw malformed();
    this.at = end + 1;
    return isEscaped || this.#isLong ? (parse(text.slice(start, end + 1)) as string) : text.slice(start + 1, end);
  }

  /**
   * Reads the number that begins here: as a number when it is whole and has at most 15 digits, otherwise as its
   * literal.
   */
  number(): number | string {
    const text = this.#text;
    let end = this.at;
    let value = 0;
    let char = text.charCodeAt(end);
    while (isDigit(char)) {
      value = value * 10 + char - 0x30;
      char = ++end < text.length ? text.charCodeAt(end) : 0;
    }
    const digits = end - this.at;
    const isLeading = digits > 1 && text.charCodeAt(this.at) === 0x30;
    if (digits > 0 && digits <= 15 && !isLeading && char !== 0x2e /* . */ && (char | 0x20) !== 0x65 /* e */) {
      this.at = end;
      return value;
    }
    numeral.lastIndex = this.at;
    if (!numeral.test(text)) throw malformed();
    const literal = text.slice(this.at, numeral.lastIndex);
    this.at = numeral.lastIndex;
    return literal;
  }

  /** Reads the next value as `JSON.parse` would. */
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
      default:
        if (this.takesText("true")) return true;
        if (this.takesText("false")) return false;
        if (this.takesText("null")) return null;
        throw malformed();
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
   * Goes to the value of a member of the next object. Returns whether the object has that member. `spelled` is the name
   * as most texts spell it: it is a name of this object where no brace and no backslash comes before it.
   */
  seek(name: string, spelled: string): boolean {
    const text = this.#text;
    const open = text.indexOf("{", this.at + 1);
    const close = text.indexOf("}", this.at + 1);
    const near = this.at + text.slice(this.at, open === -1 || close < open ? close : open).indexOf(spelled);
    if (near >= this.at && text.charCodeAt(near - 1) !== 0x5c /* \ */) {
      this.at = near + spelled.length;
      return true;
    }
    for (let has = this.enter(brace); has; has = this.next(brace)) {
      if (this.name() === name) return true;
      this.any();
    }
    return false;
  }

  /** Refuses text after the document. */
  end(): void {
    if (this.peek() !== -1) throw malformed();
  }

  /** The place of the reader. Setting it returns the reader to that place. */
  get place(): readonly [at: number, depth: number] {
    return [this.at, this.depth];
  }

  set place([at, depth]: readonly [at: number, depth: number]) {
    this.at = at;
    this.depth = depth;
  }
}

export const brace = 0x7b;
export const bracket = 0x5b;
const quote = 0x22;

/** In ASCII, `}` and `]` are two after `{` and `[`. */
const closing = (open: number) => open + 2;

const isDigit = (char: number) => char >= 0x30 && char <= 0x39;
