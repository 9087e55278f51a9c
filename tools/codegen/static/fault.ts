/** What is wrong with a document, and where. */
export interface Issue {
  /** JSON Pointer (RFC 6901) to the value at fault; empty for the whole document. */
  pointer: string;
  /** What the value must be, such as `must be greater than 0`. Holds nothing of the document. */
  reason: string;
  /** What the value is, such as `-5`: its text, shortened to 40 characters, or its type where the contract marks it as secret. */
  actual?: string;
  /** The pointer holds names that come from the document and not from its schema. */
  isForeign?: true;
}

/** An issue in words, such as `must be greater than 0, is -5`. */
export const describeIssue = ({ reason, actual }: Issue) => (actual === undefined ? reason : `${reason}, is ${actual}`);

/** An issue on its way out of a codec. Not an `Error`: nobody sees it, and a stack trace costs more than the check. */
export class Fault {
  readonly issue: Issue;
  /** What may be told of a secret: the type of its value. */
  readonly type: string | undefined;

  constructor(issue: Issue, type?: string) {
    this.issue = issue;
    this.type = type;
  }
}

/** A fault, and what the value is that has it. */
export function fault(reason: string, ...value: [] | [unknown]): Fault {
  if (value.length === 0) return new Fault({ pointer: "", reason });
  return new Fault({ pointer: "", reason, actual: describe(value[0]) }, describeType(value[0]));
}

/** What was thrown of a secret: no more is told of it than the type. */
export function hidden(error: unknown): unknown {
  if (error instanceof Fault && error.type !== undefined) error.issue.actual = error.type;
  return error;
}

/** What was thrown in a member or an item, as what its container throws: with one more step in the pointer. */
export function inside(error: unknown, step: string | number, isForeign = false): unknown {
  if (error instanceof Fault) {
    error.issue.pointer = `/${escapeToken(String(step))}${error.issue.pointer}`;
    if (isForeign) error.issue.isForeign = true;
  }
  return error;
}

export const malformed = () => fault("must be well-formed JSON");

/** What `JSON.parse` reads. */
export function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed();
  }
}

export const repeated = () => new Fault({ pointer: "", reason: "must not be repeated in its object", isForeign: true });

/** Containers inside containers: what no honest message needs, and a stack can bear. */
const maxDepth = 100;

/** One container deeper. */
export function deeper(depth: number): number {
  if (depth === maxDepth) throw fault(`must nest at most ${maxDepth} levels deep`);
  return depth + 1;
}

/** A member name or index as a token of a JSON Pointer (RFC 6901). */
const escapeToken = (token: string) => token.replaceAll("~", "~0").replaceAll("/", "~1");

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
