import { withoutValues } from "./message-without-values.ts";

/**
 * Copies an error for a log, without the data that it is about. Databases and the clients of suppliers quote a rejected
 * row, a whole statement or an answer in their errors, and a product key can be in it. The copy is an `Error` with
 *
 * - the name, and the frames of the stack;
 * - of the other members only those that name an error or a place, such as `code`, `constraint`, `table` or `address`,
 *   and only if they look like it;
 * - the message with `[…]` in place of what may be a value: texts in quotes, long numbers, and every word that is not
 *   ordinary;
 * - its `cause` and the errors of an `AggregateError`, copied likewise.
 *
 * It cannot recognise a value that looks like ordinary words and stands without quotes. Leave the message out where a
 * secret is at hand.
 *
 * @example
 *   ```ts
 *   import { errorWithoutValues } from "@codegames/codec";
 *
 *   const error = new Error('invalid input syntax for type uuid: "FJQR-RGPM"');
 *   console.log(errorWithoutValues(error).message); // invalid input syntax for type uuid: […]
 *   ```
 *
 * @param isMessageShown Whether the copy and its causes have messages; otherwise `[…]`.
 */
export const errorWithoutValues = (error: unknown, isMessageShown = true): Error => copyOf(error, isMessageShown, 0);

/** No chain of causes that means something is longer, and a circle must end. */
const maxDepth = 5;
const maxErrors = 10;

function copyOf(error: unknown, isMessageShown: boolean, depth: number): Error {
  const [name, given, stack, cause, errors] = ["name", "message", "stack", "cause", "errors"].map((each) =>
    memberOf(error, each),
  );
  const text = typeof error === "string" ? error : typeof given === "string" ? given : `${typeof error} thrown`;
  const facts = factsOf(error);
  const readable = aboutNames.test(facts["code"]!) ? text.replaceAll('"', "") : text;
  const message = isMessageShown ? withoutValues(readable) : "[…]";
  const shownName = /^[a-z]{0,60}(?:error|exception)$/i.test(String(name)) ? String(name) : "Error";
  const copy = Object.assign(new Error(message), facts);
  // Not enumerable, as in every error: otherwise they are printed twice.
  const hide = (member: string, value: unknown) => Object.defineProperty(copy, member, { value });
  hide("name", shownName);
  hide("stack", `${shownName}: ${message}${framesOf(String(stack), text)}`);
  if (depth < maxDepth) {
    if (Object(cause) === cause) hide("cause", copyOf(cause, isMessageShown, depth + 1));
    if (Array.isArray(errors)) {
      hide(
        "errors",
        errors.slice(0, maxErrors).map((each) => copyOf(each, isMessageShown, depth + 1)),
      );
    }
  }
  return copy;
}

/** Reads a member of anything; a getter may throw. */
function memberOf(value: unknown, name: string): unknown {
  try {
    return (Object(value) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** What names an error or a place. A row of a table of keys can have a `code` and a `number` too: hence patterns. */
const factNames = (
  "code errno number sqlState status statusCode " + "syscall address hostname port schema table column constraint"
).split(" ");

/** A code of the system, of a library (`ERR_…`, `ER_…`), or of SQL. */
const code = /^(?:E[A-Z]{2,20}|[A-Z]+(?:_[A-Z0-9]+)+|[0-9FHPX][0-9A-Z][0-9P][0-9A-Z]{2})$/;
const identifier = /^[\p{L}\w.$:/-]{1,63}$/u;

/** Of PostgreSQL: what a statement or a connection names is wrong, and not the data. Syntax errors quote values. */
const aboutNames = /^(?:42(?!601)|3D|3F|28)/;

/** Codes of libuv, MySQL, SQL Server and HTTP, and ports, are not larger. */
const maxNumber = 65_535;

function factsOf(error: unknown): Record<string, string> {
  const facts: Record<string, unknown> = {};
  if (typeof error !== "object") return {};
  for (const [index, name] of factNames.entries()) {
    const value = memberOf(error, name);
    const pattern = index < 6 ? code : identifier;
    if (typeof value === "number" ? Math.abs(value) <= maxNumber : typeof value === "string" && pattern.test(value)) {
      facts[name] = value;
    }
  }
  return facts as Record<string, string>;
}

/** The lines of the stack that are positions in the code. The lines above them repeat the message. */
function framesOf(stack: string, message: string): string {
  const lines = (message === "" ? stack : stack.split(message).at(-1)!).split("\n");
  return ["", ...lines.filter((line) => /^ {4}at (?!.*data:).*(?::\d+:\d+|<anonymous>)\)?$/.test(line))].join("\n");
}
