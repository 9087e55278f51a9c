import { newDatabase, startDatabase } from "@codegames/database";
import { openRetryQueue } from "@codegames/retry-queue";
import pg from "pg";
import { TestClock } from "pg-boss";
import { fakeClient, fillQueue, undecided } from "./queue-rows.ts";

const callsPerSecond = 500;
const outageMinutes = 30;

/** An answer that settles an operation. */
const cancelled = {
  outcome: "rejected",
  status: "TXN_CANCELED",
  body: { status: "TXN_CANCELED" },
  httpStatus: 200,
} as const;

/**
 * Measures how fast and how evenly overdue operations are settled after an outage. The clock is virtual, PostgreSQL is
 * real.
 */
export async function runStorm(pending: number): Promise<void> {
  const postgres = await startDatabase();
  const url = await newDatabase(postgres.url);
  const startMs = Date.now();
  await fillQueue(url, { count: pending, firstDueMs: startMs - 60_000, spacingMs: 0 });
  // Faster, and allowed because no result depends on real time.
  const { pathname } = new URL(url);
  await query(url, `ALTER DATABASE ${pathname.slice(1)} SET synchronous_commit = off`);
  const clock = new TestClock(startMs);
  let isUp = false;
  let trials = 0;
  const calls: number[] = [];
  let settled = 0;
  let lastAtMs = Number.NaN;
  const client = fakeClient(async () => undecided);
  client.status = (async () => {
    if (!isUp) {
      trials++;
      return { outcome: "not-sent", reason: "unreachable", detail: "connection refused" };
    }
    calls.push(clock.now());
    return cancelled;
  }) as unknown as typeof client.status;
  const policy = { callsPerSecond, concurrency: 10_000 };
  const queue = await openRetryQueue({
    client,
    database: url,
    clock,
    policy,
    onSettled() {
      settled++;
      lastAtMs = clock.now();
    },
  });
  queue.on("database-failed", (error) => console.error(error));
  await queue.start();
  for (let second = 0; second < outageMinutes * 60; second++) await clock.tick(1000);
  const usedUp = await attempts(url);
  isUp = true;
  const upAtMs = clock.now();
  const realMs = performance.now();
  const longestMs = (10_000 * pending) / callsPerSecond;
  while (settled < pending) {
    if (clock.now() - upAtMs > longestMs) throw new Error(`Only ${settled} of ${pending} were settled`);
    await clock.tick(100);
  }
  const tookMs = lastAtMs - upAtMs;
  await queue.stop();
  await postgres.stop();
  const idealMs = (pending / callsPerSecond) * 1000;
  const most = mostWithinSecond(calls);
  const perRealSecond = (calls.length / (performance.now() - realMs)) * 1000;
  console.log(
    `\na storm: ${pending} operations overdue, the hub back after ${outageMinutes} minutes, ` +
      `at most ${callsPerSecond} calls a second, virtual clock`,
  );
  const ideal = `${(tookMs / idealMs).toFixed(3)} × the ideal ${(idealMs / 1000).toFixed(0)} s (bar 1.1)`;
  console.log(`  drained in ${(tookMs / 1000).toFixed(1)} s, ${ideal}`);
  console.log(`  most calls within any second: ${most}, ${(most / callsPerSecond).toFixed(3)} × the cap (bar 1.05)`);
  console.log(`  attempts used up by the outage: ${usedUp} (bar 0), in ${trials} calls that did not leave`);
  console.log(`  calls: ${calls.length}, ${perRealSecond.toFixed(0)} per real second`);
}

/** Counts the attempts of all operations: leases that were not released unsent. */
async function attempts(url: string): Promise<number> {
  const { rows } = await query(
    url,
    `
    SELECT COALESCE(sum(greatest(0, leases - unsent_claims)), 0)::float8 AS attempts FROM (
      SELECT CASE WHEN started_on IS NULL THEN 0 ELSE retry_count + 1 END AS leases, unsent_claims
      FROM codegames.operation JOIN codegames.job_common USING (id)
    ) counted`,
  );
  return rows[0].attempts;
}

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query(text);
  await client.end();
  return result;
}

function mostWithinSecond(times: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 1000) from++;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
