import type { Client } from "@codegames/client";
import { operations } from "@codegames/contract";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import { isUrl } from "./database-url.ts";
import type { Db } from "./db.ts";
import { QueueError } from "./queue-error.ts";
import type { Settlement } from "./settlement.ts";

/** How often, how fast and how long the queue asks the hub. */
export interface Policy {
  /**
   * Calls of `/status` for one operation before it is `unresolved`, from 1 to 100000.
   *
   * @default 100, from the contract
   */
  attempts: number;
  /**
   * Time between two calls for one operation, in seconds from 1 to 86400.
   *
   * @default 120, from the contract
   */
  periodSeconds: number;
  /**
   * The largest deviation of a period from `periodSeconds`, as a share of it from 0 to 0.5.
   *
   * @default 0.1
   */
  jitter: number;
  /**
   * So many `TXN_NOT_FOUND` in a row are final (interpretation B1), from 1 (the literal protocol) to 100.
   *
   * @default 3
   */
  notFoundAnswers: number;
  /**
   * Time for a pay, in seconds from 1 to 3600; then it is aborted. Must exceed the hub's slowest sale; a later sale may already
   * be recorded here as cancelled.
   *
   * @default 60
   */
  payTimeoutSeconds: number;
  /**
   * Rate limit: calls of `/status` per second, of all processes together, from 0.01 to 100000. `Infinity` is no limit.
   *
   * @default 100
   */
  callsPerSecond: number;
  /**
   * Calls of `/status` at once, of all processes together, from 1 to 10000.
   *
   * @default 100
   */
  concurrency: number;
  /**
   * When more is due than the rate allows: the share of the calls for the newest operations, from 0 to 0.9.
   *
   * @default 0.2
   */
  newestShare: number;
  /**
   * Circuit breaker: pause after this many calls in a row without a hub answer, from 1 to 10000.
   *
   * @default 20
   */
  pauseAfterFailures: number;
  /**
   * Circuit breaker: the longest pause before a trial call, in seconds from 1 to 3600.
   *
   * @default 15
   */
  maxPauseSeconds: number;
  /**
   * Time in which the rate rises from a tenth to `callsPerSecond` after a pause, in seconds from 0 to 3600.
   *
   * @default 10
   */
  rampSeconds: number;
  /**
   * How often a process looks for due operations, in seconds from 0.01 to 60.
   *
   * @default 0.2
   */
  pollSeconds: number;
}

const fromContract = operations.status.statusQueue;

/** Default, smallest and largest value of each option. */
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
 * Records a settlement in the merchant's books: deliver, or refund.
 *
 * It runs inside the database transaction that closes the operation. Effects through `tx` happen exactly once. Hazard: effects
 * elsewhere can happen again after a crash; use `settlement.operationId` as their idempotency key. If it throws, the
 * transaction is rolled back, and it is called again later.
 */
export type OnSettled = (settlement: Settlement, tx: Db) => void | Promise<void>;

/** Options of `openRetryQueue`. */
export interface RetryQueueOptions {
  /** The client that calls the hub, from `createClient`. */
  client: Pick<Client, "pay" | "status">;
  onSettled: OnSettled;
  /**
   * A folder (PostgreSQL inside this process), a URL `postgres://…`, or an instance of pg-boss.
   *
   * @default "./.codegames"
   */
  database?: Database;
  /**
   * The schema of all tables: lower-case letters, digits and `_`. With an instance of pg-boss, its schema.
   *
   * @default "codegames"
   */
  schema?: string;
  /**
   * The name of this queue among others in the database, such as one per hub: letters, digits, `_` and `-`, at most 40.
   *
   * @default "hub"
   */
  name?: string;
  policy?: Partial<Policy>;
  /** @default the system's clock */
  clock?: Clock;
  /**
   * A random number from 0 to below 1, for the jitter.
   *
   * @default Math.random
   */
  random?: () => number;
}

const names = ["client", "onSettled", "database", "schema", "name", "policy", "clock", "random"];

/** @throws A {@link QueueError} that names the option, its value and the range. */
export function checkOptions(options: RetryQueueOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new QueueError("invalid-option", "Cannot open the queue: options must be an object");
  }
  const unknown = Object.keys(options).find((option) => !names.includes(option));
  if (unknown !== undefined) throw wrong(unknown, `is not known; allowed: ${names.join(", ")}`);
  const { client, onSettled, schema = "codegames", name = "hub", database } = options;
  if (typeof client?.pay !== "function" || typeof client.status !== "function") {
    throw wrong("client", "must be a client of createClient");
  }
  if (typeof onSettled !== "function") {
    const type = onSettled === undefined ? "missing" : `a ${typeof onSettled}`;
    throw wrong("onSettled", `must be a function, is ${type}`);
  }
  if (database !== undefined) checkDatabase(database);
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) {
    throw wrong("schema", `must be 1 to 50 of a-z, 0-9 and _, is ${JSON.stringify(schema)}`);
  }
  if (!/^[\w-]{1,40}$/.test(name)) {
    throw wrong("name", `must be 1 to 40 letters, digits, _ or -, is ${JSON.stringify(name)}`);
  }
}

function checkDatabase(database: Database): void {
  const allowed = "must be a folder, a URL postgres://…, or an instance of pg-boss";
  const isBoss = typeof database === "object" && typeof database?.getDb === "function";
  if (!isBoss && (typeof database !== "string" || database === "")) throw wrong("database", allowed);
  const isOtherUrl = typeof database === "string" && database.includes("://") && !isUrl(database);
  if (isOtherUrl) throw wrong("database", `${allowed}, is another URL`);
}

/** @throws A {@link QueueError} that names the wrong value and its range. */
export function readPolicy(given: Partial<Policy> = {}): Policy {
  if (typeof given !== "object" || given === null) throw wrong("policy", `must be an object, is ${String(given)}`);
  const known = Object.keys(policyRanges) as (keyof Policy)[];
  const unknown = Object.keys(given).find((name) => !known.includes(name as keyof Policy));
  if (unknown !== undefined) throw wrong(`policy.${unknown}`, `is not known; allowed: ${known.join(", ")}`);
  return Object.fromEntries(known.map((name) => [name, readValue(name, given[name])])) as unknown as Policy;
}

function readValue(name: keyof Policy, given: unknown): number {
  const [byDefault, least, most, kind] = policyRanges[name];
  const value = given ?? byDefault;
  const isUnlimited = name === "callsPerSecond" && value === Number.POSITIVE_INFINITY;
  const isInRange = typeof value === "number" && value >= least && value <= most;
  if (isUnlimited || (isInRange && (kind !== "integer" || Number.isInteger(value)))) return value as number;
  const allowed = `${kind === "integer" ? "an integer" : "a number"} from ${least} to ${most}`;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value as number);
  throw wrong(`policy.${name}`, `must be ${allowed}, is ${shown}`);
}

const wrong = (name: string, reason: string) =>
  new QueueError("invalid-option", `Cannot open the queue: option ${name} ${reason}`);
