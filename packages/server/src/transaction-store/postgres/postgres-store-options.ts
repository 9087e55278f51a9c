/** Options of a store on PostgreSQL. */
export interface PostgresStoreOptions {
  /**
   * How long a sale waits for a lock of the database, in milliseconds from 1 to 2147483647: one of its own rows in
   * `sellWithin`, for example. Then the call is answered with 503, and what it did is undone.
   *
   * @default 2000
   */
  lockTimeoutMs?: number;
  /**
   * How long a sale in `sellWithin` may leave its database transaction alone, in milliseconds from 1 to 2147483647.
   * Then the database ends the session: its process has frozen, or has lost its network, and its locks would stay.
   *
   * @default 30000
   */
  idleTimeoutMs?: number;
  /**
   * Unix time in milliseconds, for tests: leases last by it.
   *
   * @default the clock of the database
   */
  now?: () => number;
}

/** Throws a `TypeError` that names the wrong option, its value and what is allowed. */
export function readPostgresStoreOptions(options: PostgresStoreOptions) {
  const { lockTimeoutMs = 2000, idleTimeoutMs = 30_000, now = () => null } = options;
  for (const [name, value] of Object.entries({ lockTimeoutMs, idleTimeoutMs })) {
    if (Number.isInteger(value) && value >= 1 && value <= 2_147_483_647) continue;
    const actual = typeof value === "number" ? value : typeof value;
    throw new TypeError(
      `Cannot open the store: option ${name} must be a whole number from 1 to 2147483647, is ${actual}`,
    );
  }
  return { lockTimeoutMs, idleTimeoutMs, now };
}
