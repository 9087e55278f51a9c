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
  constructor(issue: Issue) {
    this.issue = issue;
  }
}

/** A fault, and what the value is that has it. */
export function fault(pointer: string, reason: string, ...value: [] | [unknown]): Fault {
  return new Fault(value.length ? { pointer, reason, actual: describe(value[0]) } : { pointer, reason });
}

/** A fault of a secret, of which only the type is told. */
export function secretFault(pointer: string, reason: string, value: unknown): Fault {
  return new Fault({ pointer, reason, actual: describeType(value) });
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
