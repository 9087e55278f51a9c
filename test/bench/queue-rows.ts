import { openRetryQueue, type RetryQueueOptions } from "@codegames/retry-queue";
import pg from "pg";
import { order } from "./peers.ts";

/** An answer to `/pay` or `/status` that decides nothing. */
export const undecided = {
  outcome: "unknown",
  reason: "http-status",
  detail: "the status is 503",
  status: undefined,
  httpStatus: 503,
  retryAfterMs: undefined,
} as const;

/** A client without a network. */
export const fakeClient = (status: () => Promise<unknown>) =>
  ({ pay: async () => undecided, status }) as unknown as RetryQueueOptions["client"];

export interface Pending {
  count: number;
  /** When the first one is due, in Unix milliseconds, and the time from one to the next. */
  firstDueMs: number;
  spacingMs: number;
}

/** The age of the oldest pending operation: 100 status calls take 200 minutes. */
const oldestMinutes = 200;

/**
 * Fills a queue with pending operations and their jobs: copies of one that the queue added itself, of all ages. A
 * `txn_id` begins with its due time. Age and due time are independent.
 */
export async function fillQueue(url: string, pending: Pending): Promise<void> {
  const queue = await openRetryQueue({ client: fakeClient(async () => undecided), database: url, onSettled() {} });
  await queue.pay({ ...order, txn_id: "template" });
  await queue.stop();
  await copyJobs(url, "codegames", pending, async (client) => {
    const copy = await copyOf(client, "operation", {
      id: "made.id",
      txn_id: "made.txn_id",
      request: "replace(t.request, 'template', made.txn_id)",
      created_at: "made.created",
    });
    await client.query(`INSERT INTO codegames.operation ${copy}`);
    await client.query("DELETE FROM codegames.operation WHERE txn_id = 'template'");
  });
}

/** Fills a pg-boss with the same jobs: copies of the one in its schema. */
export async function copyJobs(
  url: string,
  schema: string,
  { count, firstDueMs, spacingMs }: Pending,
  alsoCopy?: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`SET search_path = ${schema}, public`);
  await client.query(
    `CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, due || '-' || i AS txn_id,
       to_timestamp(due / 1000.0) AS due, now() - (age + random()) * interval '1 minute' AS created,
       -floor(extract(epoch FROM now()) / 60 - age)::int AS priority, 108 + i % 25 AS retry_delay
     FROM (
       SELECT i, round($2::float8 + i * $3::float8)::bigint AS due, (i::bigint * 7919) % ${oldestMinutes} AS age
       FROM generate_series(0, $1::int - 1) i
     ) numbers`,
    [count, firstDueMs, spacingMs],
  );
  await alsoCopy?.(client);
  const copy = await copyOf(client, "job_common", {
    id: "made.id",
    data: "jsonb_build_object('txn_id', made.txn_id)",
    start_after: "made.due",
    created_on: "made.created",
    priority: "made.priority",
    retry_delay: "made.retry_delay",
  });
  await client.query(`INSERT INTO job_common ${copy}`);
  const { rows } = await client.query("DELETE FROM job_common WHERE data ->> 'txn_id' = 'template' RETURNING 1");
  if (rows.length !== 1) throw new Error(`There must be one job to copy, there are ${rows.length}`);
  await client.query("VACUUM ANALYZE");
  await client.query("CHECKPOINT");
  await client.end();
}

/** Writes the SQL that copies all columns of the template, except those that change. */
async function copyOf(client: pg.Client, table: string, changed: Record<string, string>): Promise<string> {
  const { rows } = await client.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
     ORDER BY attnum`,
    [table],
  );
  const columns = rows.map(({ attname }) => attname as string);
  const template = table === "operation" ? "t.txn_id = 'template'" : "t.data ->> 'txn_id' = 'template'";
  const values = columns.map((name) => changed[name] ?? `t.${name}`).join();
  return `(${columns.join()}) SELECT ${values} FROM ${table} t, made WHERE ${template}`;
}
