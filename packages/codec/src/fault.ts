import { escapeToken } from "./json-pointer.ts";

/** One thing that is wrong with a document, and its place. */
export interface Issue {
  /** JSON Pointer (RFC 6901) to the wrong value; empty for the whole document. */
  pointer: string;
  /** The demand on the value, such as `must be greater than 0`. It quotes nothing from the document. */
  reason: string;
  /**
   * The value, such as `-5`: its text, shortened to 40 characters. Only its JSON type where the contract marks a
   * secret.
   */
  actual?: string;
  /** Set when the pointer holds names that come from the document and not from the schema. */
  isForeign?: true;
}

/** Describes an issue in words, such as `must be greater than 0, is -5`. */
export const describeIssue = ({ reason, actual }: Issue) => (actual === undefined ? reason : `${reason}, is ${actual}`);

/** An issue on its way out of a codec. Not an `Error`: nobody sees it, and a stack trace costs more than the check. */
export class Fault {
  readonly issue: Issue;
  /** The JSON type of the value, in words: all that may be said about a secret. */
  readonly type: string | undefined;

  constructor(issue: Issue, type?: string) {
    this.issue = issue;
    this.type = type;
  }
}

/** Makes a fault, with the wrong value where there is one. */
export function fault(reason: string, ...value: [] | [unknown]): Fault {
  if (value.length === 0) return new Fault({ pointer: "", reason });
  return new Fault({ pointer: "", reason, actual: describe(value[0]) }, describeType(value[0]));
}

/** Reduces a fault in a secret to the type of its value. */
export function hidden(error: unknown): unknown {
  if (error instanceof Fault && error.type !== undefined) error.issue.actual = error.type;
  return error;
}

/** Prefixes the pointer of a fault in a member or an item with one more step. */
export function inside(error: unknown, step: string | number, isForeign = false): unknown {
  if (error instanceof Fault) {
    error.issue.pointer = `/${escapeToken(step)}${error.issue.pointer}`;
    if (isForeign) error.issue.isForeign = true;
  }
  return error;
}

/** The issue of an error. Any other error than a fault comes from the value: from a getter or a proxy of the caller. */
export const issueOf = (error: unknown): Issue => (error instanceof Fault ? error : notJson()).issue;

export const notJson = () => fault("must be a value that JSON can hold");

export const malformed = () => fault("must be well-formed JSON");

/** Parses as `JSON.parse` does, and throws a {@link Fault}. */
export function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed();
  }
}

export const repeated = () => new Fault({ pointer: "", reason: "must not be repeated in its object", isForeign: true });

/** No honest message nests deeper, and a stack bears it. */
const maxDepth = 100;

/** Counts one container more, and refuses the one that is too deep. */
export function deeper(depth: number): number {
  if (depth === maxDepth) throw fault(`must nest at most ${maxDepth} levels deep`);
  return depth + 1;
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  return describeType(value);
}

function describeType(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
