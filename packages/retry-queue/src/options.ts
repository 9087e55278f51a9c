import type { Client } from "@codegames/client";
import { operations } from "@codegames/contract";
import type { Clock } from "./clock.ts";
import { isUrl } from "./database-url.ts";
import type { Database } from "./database.ts";
import type { Db } from "./db.ts";
import { QueueError } from "./queue-error.ts";
import type { Settlement } from "./settlement.ts";

/** How often, how fast and how long the queue asks the hub: attempts, rate limit and circuit breaker. */
export interface Policy {
  /**
   * Status calls for one operation before it becomes `unresolved`; an integer from 1 to 100000.
   *
   * @default 100, from the contract
   */
  attempts: number;
  /**
   * Seconds between two status calls of one operation, from 1 to 86400.
   *
   * @default 120, from the contract
   */
  periodSeconds: number;
  /**
   * How far the period of one operation may differ from `periodSeconds`, as a share of it from 0 to 0.5.
   *
   * @default 0.1
   */
  jitter: number;
  /**
   * `TXN_NOT_FOUND` this many times in a row is final (interpretation B1); an integer from 1 to 100. 1 takes the
   * protocol literally. They are a period apart: 5 are eight minutes of the contract.
   *
   * @default 5
   */
  notFoundAnswers: number;
  /**
   * Seconds until a pay is aborted, from 1 to 3600. Must exceed the hub's slowest sale; a later sale may already be
   * recorded here as cancelled.
   *
   * @default 60
   */
  payTimeoutSeconds: number;
  /**
   * Rate limit: status calls per second, of all processes together, from 0.01 to 100000. `Infinity` sets no limit.
   *
   * @default 100
   */
  callsPerSecond: number;
  /**
   * Status calls at the same time, of all processes together; an integer from 1 to 10000.
   *
   * @default 100
   */
  concurrency: number;
  /**
   * When more operations are due than may be asked: the share of the calls that goes to the newest, from 0 to 0.9.
   *
   * @default 0.2
   */
  newestShare: number;
  /**
   * The circuit breaker opens after this many calls in a row without a hub answer; an integer from 1 to 10000. It opens
   * at once when the hub cannot be reached.
   *
   * @default 20
   */
  pauseAfterFailures: number;
  /**
   * The longest time between two trial calls of a half-open circuit breaker, in seconds from 1 to 3600.
   *
   * @default 15
   */
  maxPauseSeconds: number;
  /**
   * After a pause, the rate rises from a tenth to the whole of `callsPerSecond` in this time; seconds from 0 to 3600.
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

/** Default, smallest and largest value of each policy option. */
const policyRanges: { readonly [Name in keyof Policy]: readonly [number, number, number, "integer"?] } = {
  attempts: [fromContract.attempts, 1, 100_000, "integer"],
  periodSeconds: [fromContract.periodSeconds, 1, 86_400],
  jitter: [0.1, 0, 0.5],
  notFoundAnswers: [5, 1, 100, "integer"],
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
 * Books a settlement: deliver, or give the money back. It runs inside the database transaction that settles the
 * operation: its effects through `tx` happen exactly once. An effect elsewhere can happen again after a crash, and
 * needs `settlement.operationId` as its idempotency key. If it throws, the transaction is rolled back and the queue
 * calls it again later.
 */
export type OnSettled = (settlement: Settlement, tx: Db) => void | Promise<void>;

export interface RetryQueueOptions {
  /** Calls the hub: a client of `createClient`. */
  client: Pick<Client, "pay" | "status">;
  /** Books each settlement, exactly once through its `tx`. */
  onSettled: OnSettled;
  /**
   * A folder (PostgreSQL inside this process), a URL `postgres://…`, or a started instance of pg-boss.
   *
   * @default "./.codegames"
   */
  database?: Database;
  /**
   * The schema of all tables: 1 to 50 lower-case letters, digits and `_`. With an instance of pg-boss, its schema.
   *
   * @default "codegames"
   */
  schema?: string;
  /**
   * Tells queues in one database apart, for example one per hub: 1 to 40 letters, digits, `_` and `-`.
   *
   * @default "hub"
   */
  name?: string;
  /** How often, how fast and how long the queue asks the hub. Every option has a default. */
  policy?: Partial<Policy>;
  /**
   * Time and timers, for tests.
   *
   * @default the system's
   */
  clock?: Clock;
  /**
   * Random numbers for the jitter, from 0 to below 1, for tests.
   *
   * @default Math.random
   */
  random?: () => number;
}

const names = ["client", "onSettled", "database", "schema", "name", "policy", "clock", "random"];
const databaseKinds = "must be a folder, a URL postgres://…, or an instance of pg-boss";

/** Throws a `QueueError` that names the option, its value and the range. */
export function checkOptions(options: RetryQueueOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new QueueError("invalid-option", "Cannot open the queue: options must be an object");
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw invalidOption(name, `is not known; allowed: ${names.join(", ")}`);
  }
  const { client, onSettled, database, schema = "codegames", name = "hub" } = options;
  if (typeof client?.pay !== "function" || typeof client.status !== "function") {
    throw invalidOption("client", "must be a client of createClient");
  }
  if (typeof onSettled !== "function") {
    throw invalidOption(
      "onSettled",
      `must be a function, is ${onSettled === undefined ? "missing" : `a ${typeof onSettled}`}`,
    );
  }
  const isBoss = typeof database === "object" && typeof database?.getDb === "function";
  if (database !== undefined && !isBoss && (typeof database !== "string" || database === "")) {
    throw invalidOption("database", databaseKinds);
  }
  if (typeof database === "string" && database.includes("://") && !isUrl(database)) {
    throw invalidOption("database", `${databaseKinds}, is another URL`);
  }
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) {
    throw invalidOption("schema", `must be 1 to 50 of a-z, 0-9 and _, is ${JSON.stringify(schema)}`);
  }
  if (!/^[\w-]{1,40}$/.test(name)) {
    throw invalidOption("name", `must be 1 to 40 letters, digits, _ or -, is ${JSON.stringify(name)}`);
  }
}

type PolicyRange = (typeof policyRanges)["attempts"];

/** Completes a policy with its defaults. Throws a `QueueError` that names the option, its value and the range. */
export function readPolicy(given: Partial<Policy> = {}): Policy {
  if (typeof given !== "object" || given === null)
    throw invalidOption("policy", `must be an object, is ${String(given)}`);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(policyRanges, name)) continue;
    throw invalidOption(`policy.${name}`, `is not known; allowed: ${Object.keys(policyRanges).join(", ")}`);
  }
  const policy = {} as Policy;
  for (const [name, range] of Object.entries(policyRanges) as [keyof Policy, PolicyRange][]) {
    const [byDefault, least, most, kind] = range;
    const value = given[name] ?? byDefault;
    const isUnlimited = name === "callsPerSecond" && value === Number.POSITIVE_INFINITY;
    const isInRange = typeof value === "number" && value >= least && value <= most;
    const isRight = isInRange && (kind !== "integer" || Number.isInteger(value));
    if (!isRight && !isUnlimited) {
      const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
      const expected = `${kind === "integer" ? "an integer" : "a number"} from ${least} to ${most}`;
      throw invalidOption(`policy.${name}`, `must be ${expected}, is ${shown}`);
    }
    policy[name] = value;
  }
  return policy;
}

const invalidOption = (name: string, reason: string) =>
  new QueueError("invalid-option", `Cannot open the queue: option ${name} ${reason}`);
