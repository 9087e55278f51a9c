import type { Client } from "@codegames/client";
import type { Clock } from "./clock.ts";
import type { OnSettled } from "./operations/settlement.ts";
import { invalidOption, type Policy } from "./policy.ts";
import { QueueError } from "./queue-error.ts";
import { isUrl } from "./storage/database-url.ts";
import type { Database } from "./storage/database.ts";

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
