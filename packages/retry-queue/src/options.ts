import type { Client } from "@codegames/client";
import { operations } from "@codegames/contract";
import { type Database, type Db, isUrl } from "./database.ts";
import { QueueError } from "./queue-error.ts";
import type { Settlement } from "./settlement.ts";

/** Time and timers, as of pg-boss: `TestClock` of pg-boss is one that a test drives by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  setInterval(work: () => void, ms: number): unknown;
  clearInterval(timer: unknown): void;
}

/** How often, how fast and how long the hub is asked. */
export interface Policy {
  /** Calls of `/status` for one operation before it is `unresolved`, from 1 to 100000. Default: the contract's, 100. */
  attempts: number;
  /** Time between two of them, in seconds from 1 to 86400. Default: the contract's, 120. */
  periodSeconds: number;
  /** How far the period of an operation may be from `periodSeconds`, as a share of it from 0 to 0.5. Default 0.1. */
  jitter: number;
  /** `TXN_NOT_FOUND` so many times in a row is final (interpretation B1), from 1 (literally) to 100. Default 3. */
  notFoundAnswers: number;
  /** Time for a pay, in seconds from 1 to 3600: then it is aborted. Longer than the hub can take to sell: what it sells later can be cancelled by then. Default 60. */
  payTimeoutSeconds: number;
  /** Calls of `/status` in a second, of all processes together, from 0.01 to 100000; `Infinity` is no limit. Default 100. */
  callsPerSecond: number;
  /** Calls of `/status` at once, of all processes together, from 1 to 10000. Default 100. */
  concurrency: number;
  /** When more is due than can be asked: the share of the calls that goes to the newest, from 0 to 0.9. Default 0.2. */
  newestShare: number;
  /** The hub counts as down after so many calls in a row without an answer of its own, from 1 to 10000. Default 20. */
  pauseAfterFailures: number;
  /** The longest time between two trials whether it is up again, in seconds from 1 to 3600. Default 15. */
  maxPauseSeconds: number;
  /** Then the rate rises from a tenth to `callsPerSecond` within this time, in seconds from 0 to 3600. Default 10. */
  rampSeconds: number;
  /** How often a process looks for what is due, in seconds from 0.01 to 60. Default 0.2. */
  pollSeconds: number;
}

const fromContract = operations.status.statusQueue;

/** Default, smallest and largest value of each. */
const policyRanges: { readonly [Name in keyof Policy]: readonly [number, number, number, "integer"?] } = {
  attempts: [fromContract.attempts, 1, 100_000, "integer"],
  periodSeconds: [fromContract.periodSeconds, 1, 86_400],
  jitter: [0.1, 0, 0.5],
  notFoundAnswers: [3, 1, 100, "integer"],
  payTimeoutSeconds: [60, 1, 3600],
  callsPerSecond: [100, 0.01, 100_000],
  concurrency: [100, 1, 10_000, "integer"],
  newestShare: [0.2, 0, 0.9],
  pauseAfterFailures: [20, 1, 10_000, "integer"],
  maxPauseSeconds: [15, 1, 3600],
  rampSeconds: [10, 0, 3600],
  pollSeconds: [0.2, 0.01, 60],
};

/**
 * Has the effects of a settlement in the merchant's books: deliver, or give the money back. It runs inside the database
 * transaction that closes the operation: what it does through `tx` happens exactly once. What it does elsewhere can
 * happen again after a crash, and takes `settlement.operationId` as its idempotency key. When it throws, nothing has
 * happened in the database, and it is called again later.
 */
export type OnSettled = (settlement: Settlement, tx: Db) => void | Promise<void>;

export interface RetryQueueOptions {
  /** The calls of the hub: a client of `createClient`. */
  client: Pick<Client, "pay" | "status">;
  onSettled: OnSettled;
  /** A folder (PostgreSQL inside this process), a URL `postgres://…`, or an instance of pg-boss. Default `./.codegames`. */
  database?: Database;
  /** The schema of all tables: a name of lower-case letters, digits and `_`. With an instance of pg-boss, its schema. Default `codegames`. */
  schema?: string;
  /** Tells queues in one database apart, such as one for each hub: letters, digits, `_` and `-`, at most 40. Default `hub`. */
  name?: string;
  policy?: Partial<Policy>;
  /** Default: the system's. */
  clock?: Clock;
  /** Chance for the jitter, from 0 to below 1. Default `Math.random`. */
  random?: () => number;
}

const names = ["client", "onSettled", "database", "schema", "name", "policy", "clock", "random"];

/** Throws a `QueueError` that names the option, its value and the range. */
export function checkOptions(options: RetryQueueOptions): void {
  if (typeof options !== "object" || options === null) throw new QueueError("invalid-option", "Cannot open the queue: options must be an object");
  for (const name of Object.keys(options)) if (!names.includes(name)) throw refused(name, `is not known; allowed: ${names.join(", ")}`);
  const { client, onSettled, schema = "codegames", name = "hub" } = options;
  if (typeof client?.pay !== "function" || typeof client.status !== "function") throw refused("client", "must be a client of createClient");
  if (typeof onSettled !== "function") throw refused("onSettled", `must be a function, is ${onSettled === undefined ? "missing" : `a ${typeof onSettled}`}`);
  const { database } = options;
  const isBoss = typeof database === "object" && typeof database?.getDb === "function";
  if (database !== undefined && !isBoss && (typeof database !== "string" || database === "")) throw refused("database", "must be a folder, a URL postgres://…, or an instance of pg-boss");
  if (typeof options.database === "string" && options.database.includes("://") && !isUrl(options.database)) throw refused("database", "must be a folder, a URL postgres://…, or an instance of pg-boss, is another URL");
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) throw refused("schema", `must be 1 to 50 of a-z, 0-9 and _, is ${JSON.stringify(schema)}`);
  if (!/^[\w-]{1,40}$/.test(name)) throw refused("name", `must be 1 to 40 letters, digits, _ or -, is ${JSON.stringify(name)}`);
}

export function readPolicy(given: Partial<Policy> = {}): Policy {
  if (typeof given !== "object" || given === null) throw refused("policy", `must be an object, is ${String(given)}`);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(policyRanges, name)) throw refused(`policy.${name}`, `is not known; allowed: ${Object.keys(policyRanges).join(", ")}`);
  }
  const policy = {} as Policy;
  for (const [name, [byDefault, least, most, kind]] of Object.entries(policyRanges) as [keyof Policy, (typeof policyRanges)["attempts"]][]) {
    const value = given[name] ?? byDefault;
    const isUnlimited = name === "callsPerSecond" && value === Number.POSITIVE_INFINITY;
    const isRight = typeof value === "number" && value >= least && value <= most && (kind !== "integer" || Number.isInteger(value));
    if (!isRight && !isUnlimited) throw refused(`policy.${name}`, `must be ${kind === "integer" ? "an integer" : "a number"} from ${least} to ${most}, is ${typeof value === "string" ? JSON.stringify(value) : String(value)}`);
    policy[name] = value;
  }
  return policy;
}

const refused = (name: string, reason: string) => new QueueError("invalid-option", `Cannot open the queue: option ${name} ${reason}`);
