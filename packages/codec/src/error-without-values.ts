import { hidesValues, withoutValues } from "./message-without-values.ts";
import { reveal } from "./secret.ts";

/**
 * Copies an error for a log, without the data that it is about. Databases and the clients of suppliers quote a rejected
 * row, a whole statement or an answer in their errors, and a product key can be in it. The copy is an `Error` with
 *
 * - the name, and the frames of the stack;
 * - of the other members only those that name an error or a place, such as `code`, `constraint`, `table` or `address`,
 *   and only if they look like it;
 * - the message with `[…]` in place of what may be a value: texts in quotes, long numbers, and every word that is
 *   neither ordinary nor said by one of those members;
 * - its causes and the errors of an `AggregateError`, copied likewise.
 *
 * It cannot recognise a value that looks like ordinary words and stands without quotes. Where the secrets are at hand,
 * their words are left out too.
 *
 * @example
 *   ```ts
 *   import { errorWithoutValues } from "@codegames/codec";
 *
 *   const error = new Error('invalid input syntax for type uuid: "FJQR-RGPM"');
 *   console.log(errorWithoutValues(error).message); // invalid input syntax for type uuid: […]
 *   ```
 *
 * @param secrets Texts and numbers that are secret, also inside objects, lists and `Secret`s.
 */
export function errorWithoutValues(error: unknown, secrets?: unknown): Error {
  return copyOf(error, [...textsIn(reveal(secrets))], 0);
}

/** No chain of causes that means something is longer, and a circle must end. */
const maxDepth = 5;
const maxErrors = 10;

function copyOf(error: unknown, secrets: readonly string[], depth: number): Error {
  const facts = factsOf(error, secrets);
  const name = nameOf(error, secrets);
  const given = messageOf(error);
  const message = withoutValues(given, knownWords(facts, given), secrets);
  const copy = new Error(message);
  const hidden: Record<string, unknown> = { name, stack: `${name}: ${message}${framesOf(error)}` };
  if (depth < maxDepth) {
    const cause = causeOf(error);
    const errors = memberOf(error, "errors");
    if (cause !== undefined && cause !== null) hidden["cause"] = copyOf(cause, secrets, depth + 1);
    if (Array.isArray(errors)) {
      hidden["errors"] = errors.slice(0, maxErrors).map((each) => copyOf(each, secrets, depth + 1));
    }
  }
  for (const [member, value] of Object.entries(hidden)) {
    Object.defineProperty(copy, member, { value, configurable: true, writable: true });
  }
  return Object.assign(copy, facts);
}

/** Reads a member of anything; a getter may throw. */
function memberOf(value: unknown, name: string): unknown {
  try {
    return (Object(value) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function nameOf(error: unknown, secrets: readonly string[]): string {
  const name = memberOf(error, "name");
  return typeof name === "string" && /^[A-Za-z]{0,60}(?:[Ee]rror|Exception)$/.test(name) && !hidesValues(name, secrets)
    ? name
    : "Error";
}

function messageOf(error: unknown): string {
  if (typeof error === "string") return error;
  const message = memberOf(error, "message");
  if (typeof message === "string") return message;
  return `no error but a value of the type ${error === null ? "null" : typeof error} was thrown`;
}

/** Libraries that are older than `cause` keep the error of the driver under a name of their own. */
function causeOf(error: unknown): unknown {
  for (const name of ["cause", "originalError", "driverError", "original"]) {
    const cause = memberOf(error, name);
    if (typeof cause === (name === "cause" ? typeof cause : "object") && cause !== undefined) return cause;
  }
  return undefined;
}

/** Of PostgreSQL, what the statement or the connection names is wrong, and not the data. Syntax errors quote values. */
const aboutStatement = /^(?:42(?!601)|3D|3F|28)[0-9A-Z]{3}$/;

/** A code of the system, of a library (`ERR_…`, `ER_…`), or of SQL. A row of a table of keys can have a `code` too. */
const code = /^(?:E[A-Z]{3,20}|[A-Z]+(?:_[A-Z0-9]+)+|[0-9FHPX][0-9A-Z][0-9P][0-9A-Z]{2})$/;
const identifier = /^[\p{L}\w.$:/-]{1,63}$/u;

/** What names an error or a place, and what it looks like. A table or a constraint can have any name. */
const factPatterns: Readonly<Record<string, RegExp>> = {
  code,
  sqlState: code,
  syscall: /^[a-z]{1,32}$/,
  severity: /^\p{L}{1,16}$/u,
  routine: /^[A-Za-z_]{1,63}$/,
  address: identifier,
  hostname: identifier,
  schema: identifier,
  table: identifier,
  column: identifier,
  constraint: identifier,
  dataType: identifier,
};

/** Codes of libuv, MySQL, SQL Server and HTTP, and ports. */
const numbers = ["code", "errno", "number", "status", "statusCode", "port"];

function factsOf(error: unknown, secrets: readonly string[]): Record<string, string | number> {
  const facts: Record<string, string | number> = {};
  if (typeof error !== "object" || error === null) return facts;
  for (const [name, pattern] of Object.entries(factPatterns)) {
    const value = memberOf(error, name);
    if (typeof value === "string" && pattern.test(value) && !secrets.includes(value)) facts[name] = value;
  }
  for (const name of numbers) {
    const value = memberOf(error, name);
    if (typeof value === "number" && Math.abs(value) <= 65_535 && !secrets.includes(String(value))) facts[name] = value;
  }
  return facts;
}

function knownWords(facts: Readonly<Record<string, string | number>>, message: string): string[] {
  const known = [
    ...Object.values(facts).flatMap((fact) => [String(fact), ...String(fact).split(".")]),
    `${facts["address"]}:${facts["port"]}`,
  ];
  if (!aboutStatement.test(String(facts["code"]))) return known;
  return [...known, ...[...message.matchAll(/"([\p{L}_]{1,63})"/gu)].map(([, name = ""]) => name)];
}

/** The lines of the stack that are positions in the code. The lines above them repeat the message. */
function framesOf(error: unknown): string {
  const stack = memberOf(error, "stack");
  if (typeof stack !== "string") return "";
  const message = messageOf(error);
  const start = stack.indexOf(message);
  const frames = stack
    .slice(start === -1 ? 0 : start + message.length)
    .split("\n")
    .filter((line) => /^ {4}at (?!.*data:).*(?::\d+:\d+|<anonymous>|native|index \d+)\)?$/.test(line));
  return frames.map((frame) => `\n${frame}`).join("");
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number" || typeof value === "bigint") yield String(value);
  else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      yield name;
      yield* textsIn(reveal(member));
    }
  }
}
