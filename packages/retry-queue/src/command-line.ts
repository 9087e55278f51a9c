import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import type { OperationState } from "./operation.ts";
import type { Decision } from "./retry-queue.ts";

export const help = `codegames-retry-queue: what people see and do about the operations of a queue

  list                what waits for a person, oldest first
    --state STATE     instead: what is in this state (pending, not-sent, succeeded, rejected, cancelled, unresolved, resolved);
                      more than once, or with commas
    --limit N         at most so many, from 1 to 100000 (default 100)
  show TXN            one operation: what was asked and answered, and its audit trail
  resolve TXN         closes what waits for a person; it pays, refunds and delivers nothing: that is done before
    --refunded        the customer has the money back; or
    --delivered       the customer has the product
    --note TEXT       why; goes into the audit trail (required)
    --by NAME         who says so (default: the user of the operating system)
  redrive [TXN]       has unresolved operations asked about again, one or all, with all attempts anew
  counts              how many are open, since when, and how many wait for a person
  dashboard           the jobs of the queue in a browser, on this machine alone, until Ctrl-C; needs @pg-boss/dashboard and PostgreSQL
    --port PORT       default 3000

  --database WHERE    folder or URL of PostgreSQL of the queue (default: CODEGAMES_DATABASE, or else ./.codegames);
                      a URL with a password is better in CODEGAMES_DATABASE, as other users can see command lines
  --schema NAME       default codegames
  --name NAME         of the queue (default hub)
  --json              list, show and counts: as JSON
  --help, --version

A TXN that begins with - goes last, after --. A folder can be open in one process at a time: stop the other one first.
Exit codes: 0 done, 1 failed, 2 wrong use.
`;

/** How the program was called does not make sense: exit code 2. */
export class WrongUse extends Error {}

/** Where the queue is. */
export interface Place {
  database: string;
  schema: string;
  name: string;
}

export type Command =
  | { name: "help" }
  | { name: "version" }
  | ({ place: Place; isJson: boolean } & (
    | { name: "list"; states: OperationState[]; limit: number }
    | { name: "show"; txnId: string }
    | { name: "resolve"; txnId: string; decision: Decision; note: string }
    | { name: "redrive"; txnId: string | undefined }
    | { name: "counts" }
    | { name: "dashboard"; port: number }
  ));

const options = {
  state: { type: "string", multiple: true },
  limit: { type: "string" },
  refunded: { type: "boolean" },
  delivered: { type: "boolean" },
  note: { type: "string" },
  by: { type: "string" },
  port: { type: "string" },
  json: { type: "boolean" },
  database: { type: "string" },
  schema: { type: "string" },
  name: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** Least and most arguments of each command, and its own options. */
const commands: Record<string, [least: number, most: number, ...options: (keyof typeof options)[]]> = {
  list: [0, 0, "state", "limit", "json"],
  show: [1, 1, "json"],
  resolve: [1, 1, "refunded", "delivered", "note", "by"],
  redrive: [0, 1],
  counts: [0, 0, "json"],
  dashboard: [0, 0, "port"],
};

const states: Record<OperationState, true> = {
  pending: true, "not-sent": true, succeeded: true, rejected: true, cancelled: true, unresolved: true, resolved: true,
};

/** Reads a command line. Throws a `WrongUse`. */
export function readCommandLine(args: string[], env: NodeJS.ProcessEnv): Command {
  const { values, positionals: [name, ...rest] } = parse(args);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new WrongUse(`${name === undefined ? "a command is missing" : `there is no command ${JSON.stringify(name)}`}; there are ${Object.keys(commands).join(", ")}`);
  const [least, most, ...own] = command;
  if (rest.length < least) throw new WrongUse(`${name} needs a txn_id`);
  if (rest.length > most) throw new WrongUse(`${name} takes ${most === 0 ? "no argument" : "one txn_id"}, and there is ${JSON.stringify(rest[most])} too`);
  const foreign = Object.keys(values).find((option) => !["database", "schema", "name", ...own].includes(option));
  if (foreign !== undefined) throw new WrongUse(`${name} has no option --${foreign}`);

  const base = { place: placeOf(values, env), isJson: values.json ?? false };
  const [txnId = ""] = rest;
  switch (name) {
    case "list":
      return { ...base, name, states: statesOf(values.state ?? []), limit: wholeNumber("limit", values.limit ?? "100", 1, 100_000) };
    case "resolve":
      return { ...base, name, txnId, ...decisionOf(values) };
    case "dashboard":
      return { ...base, name, port: wholeNumber("port", values.port ?? "3000", 1, 65_535) };
    case "redrive":
      return { ...base, name, txnId: rest[0] };
    case "show":
      return { ...base, name, txnId };
    default:
      return { ...base, name: "counts" };
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new WrongUse((error as Error).message.split(". ")[0]);
  }
}

type Values = ReturnType<typeof parse>["values"];

function placeOf({ database, schema = "codegames", name = "hub" }: Values, env: NodeJS.ProcessEnv): Place {
  const where = database ?? (env["CODEGAMES_DATABASE"] || "./.codegames");
  if (where === "") throw new WrongUse("--database must be a folder or a URL postgres://…, is empty");
  // It is not quoted, as it can hold a password.
  const isOther = (/:\/\//.test(where) && !/^postgres(ql)?:\/\//.test(where)) || /\bpassword\s*=/i.test(where);
  if (isOther) throw new WrongUse("--database must be a folder or a URL postgres://…, is neither");
  return { database: where, schema, name };
}

function statesOf(given: string[]): OperationState[] {
  return given.flatMap((text) => text.split(",")).map((state) => {
    if (!Object.hasOwn(states, state)) throw new WrongUse(`--state must be one of ${Object.keys(states).join(", ")}, is ${JSON.stringify(state)}`);
    return state as OperationState;
  });
}

function decisionOf({ refunded, delivered, note = "", by = userName() }: Values): { decision: Decision; note: string } {
  if (refunded === delivered) throw new WrongUse("resolve needs either --refunded or --delivered");
  if (note.trim() === "") throw new WrongUse("resolve needs --note TEXT: why, and how it is known");
  if (by.trim() === "") throw new WrongUse("--by must be a name, is empty");
  return { decision: refunded ? "refunded" : "delivered", note: `${note} (by ${by})` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container can run under a number that has no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new WrongUse(`--${name} must be a whole number from ${least} to ${most}, is ${JSON.stringify(text)}`);
  return value;
}
