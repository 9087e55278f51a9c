/** What is wrong with a document, and where. */
export interface Issue {
  /** JSON Pointer (RFC 6901) to the value at fault; empty for the whole document. */
  pointer: string;
  /** What the value must be and what it is, such as `must be greater than 0, is -5`. Never holds a value that the contract marks as secret. */
  reason: string;
}

/** An issue on its way out of a codec. Not an `Error`: nobody sees it, and a stack trace costs more than the check. */
export class Fault {
  readonly issue: Issue;
  constructor(issue: Issue) {
    this.issue = issue;
  }
}

/** Names a fault; with a value, says what the value is. */
export function fault(pointer: string, reason: string, ...value: [] | [unknown]): Fault {
  return new Fault({ pointer, reason: value.length ? `${reason}, is ${describe(value[0])}` : reason });
}

/** Names a fault of a secret value: says its type, never the value. */
export function secretFault(pointer: string, reason: string, value: unknown): Fault {
  return new Fault({ pointer, reason: `${reason}, is ${describeType(value)}` });
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
