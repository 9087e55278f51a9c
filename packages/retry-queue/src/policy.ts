import { operations } from "@codegames/contract";
import { QueueError } from "./queue-error.ts";

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

/** The error about an option: it names the option, its value and what is allowed. */
export const invalidOption = (name: string, reason: string) =>
  new QueueError("invalid-option", `Cannot open the queue: option ${name} ${reason}`);
