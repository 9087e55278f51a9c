import { userInfo } from "node:os";
import { oneOf, type Values, wholeNumber, WrongUse } from "@codegames/command-line";
import type { OperationState } from "../operations/operation.ts";
import type { Resolution } from "../operator/operator.ts";

export const help = `codegames-retry-queue: list, inspect, resolve and redrive the operations of a queue

  list                operations that wait for the operator, oldest first
    --state STATE     instead: operations in this state (pending, not-sent, succeeded, rejected, cancelled, unresolved,
                      resolved); more than once, or with commas
    --limit N         at most N operations, from 1 to 100000 (default 100)
  show TXN            one operation: its request, its answers, its audit trail
  resolve TXN         closes an operation that waits for the operator; it does not pay, refund or deliver: do that first
    --refunded        the customer has the money back; or
    --delivered       the customer has the product
    --note TEXT       why; goes into the audit trail (required)
    --by NAME         who says so (default: the user of the operating system)
  redrive [TXN]       makes one or all unresolved operations pending again, with all their attempts
  counts              how many operations are open, since when, and how many wait for the operator
  dashboard           shows the jobs of the queue in a browser, on this machine only, until Ctrl-C; needs
                      @pg-boss/dashboard and PostgreSQL
    --port PORT       default 3000

  --database WHERE    folder or URL of PostgreSQL of the queue (default: CODEGAMES_DATABASE, or else ./.codegames);
                      put a URL with a password into CODEGAMES_DATABASE, because other users can see command lines
  --schema NAME       default codegames
  --name NAME         of the queue (default hub)
  --json              list, show and counts: as JSON
  --help, --version

A TXN that begins with - goes last, after --. One process at a time can open a folder: stop the other one first.
Exit codes: 0 done, 1 failed, 2 wrong use.
`;

/** Where the queue is. */
export interface Place {
  database: string;
  schema: string;
  name: string;
}

export type Command = { place: Place; isJson: boolean } & (
  | { name: "list"; states: OperationState[]; limit: number }
  | { name: "show"; txnId: string }
  | { name: "resolve"; txnId: string; resolution: Resolution; note: string }
  | { name: "redrive"; txnId: string | undefined }
  | { name: "counts" }
  | { name: "dashboard"; port: number }
);

export const options = {
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
} as const;

type Given = Values<typeof options>;

/** Least and most arguments of each command, and its own options. */
const commands: Record<Command["name"], [least: number, most: number, ...options: (keyof Given)[]]> = {
  list: [0, 0, "state", "limit", "json"],
  show: [1, 1, "json"],
  resolve: [1, 1, "refunded", "delivered", "note", "by"],
  redrive: [0, 1],
  counts: [0, 0, "json"],
  dashboard: [0, 0, "port"],
};

const states = [
  "pending",
  "not-sent",
  "succeeded",
  "rejected",
  "cancelled",
  "unresolved",
  "resolved",
] as const satisfies OperationState[];

/** @throws A `WrongUse` that names the wrong part. */
export function readCommand(values: Given, [name, ...rest]: string[], env: NodeJS.ProcessEnv): Command {
  if (!isCommand(name)) {
    const problem = name === undefined ? "a command is missing" : `there is no command ${JSON.stringify(name)}`;
    throw new WrongUse(`${problem}; there are ${Object.keys(commands).join(", ")}`);
  }
  checkArguments(name, rest, values);
  const base = { place: readPlace(values, env), isJson: values.json ?? false };
  const [txnId = ""] = rest;
  switch (name) {
    case "list": {
      const wanted = (values.state ?? []).flatMap((text) => text.split(","));
      const limit = wholeNumber("--limit", values.limit ?? "100", 1, 100_000);
      return { ...base, name, states: wanted.map((state) => oneOf("--state", state, states)), limit };
    }
    case "resolve":
      return { ...base, name, txnId, ...readResolution(values) };
    case "dashboard":
      return { ...base, name, port: wholeNumber("--port", values.port ?? "3000", 1, 65_535) };
    case "redrive":
      return { ...base, name, txnId: rest[0] };
    case "show":
      return { ...base, name, txnId };
    case "counts":
      return { ...base, name };
  }
}

const isCommand = (name: string | undefined): name is Command["name"] =>
  name !== undefined && Object.hasOwn(commands, name);

function checkArguments(name: Command["name"], rest: string[], values: Given): void {
  const [least, most, ...own] = commands[name];
  if (rest.length < least) throw new WrongUse(`${name} needs a txn_id`);
  if (rest.length > most) {
    const allowed = most === 0 ? "no argument" : "one txn_id";
    throw new WrongUse(`${name} takes ${allowed}, and there is ${JSON.stringify(rest[most])} too`);
  }
  const allowed: string[] = ["database", "schema", "name", ...own];
  const foreign = Object.keys(values).find((option) => !allowed.includes(option));
  if (foreign !== undefined) throw new WrongUse(`${name} has no option --${foreign}`);
}

function readPlace({ database, schema = "codegames", name = "hub" }: Given, env: NodeJS.ProcessEnv): Place {
  const where = database ?? (env["CODEGAMES_DATABASE"] || "./.codegames");
  if (where === "") throw new WrongUse("--database must be a folder or a URL postgres://…, is empty");
  // The message does not quote it: it can hold a password.
  const isOther = (/:\/\//.test(where) && !/^postgres(ql)?:\/\//.test(where)) || /\bpassword\s*=/i.test(where);
  if (isOther) throw new WrongUse("--database must be a folder or a URL postgres://…, is neither");
  return { database: where, schema, name };
}

function readResolution(given: Given): { resolution: Resolution; note: string } {
  const { refunded, delivered, note = "", by = userName() } = given;
  if (refunded === delivered) throw new WrongUse("resolve needs either --refunded or --delivered");
  if (note.trim() === "") throw new WrongUse("resolve needs --note TEXT: the reason, and how it is known");
  if (by.trim() === "") throw new WrongUse("--by must be a name, is empty");
  return { resolution: refunded ? "refunded" : "delivered", note: `${note} (by ${by})` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container can run under a number without a name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
