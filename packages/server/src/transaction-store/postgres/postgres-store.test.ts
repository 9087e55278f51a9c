/** What only PostgreSQL can do to a store: locks of others, sessions that vanish, parsers that somebody replaced. */
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { ProblemError } from "../../problem-error.ts";
import { sellOnce } from "../../sell-once/sell-once.ts";
import type { NewOrder, TransactionStore, Undecided } from "../transaction-store.ts";
import { openPostgresStore, type PostgresClient, type PostgresPool } from "./postgres-store.ts";

let url: string;
let pool: pg.Pool;
let store: TransactionStore<PostgresClient>;
let nowMs = 0;
const merchant = "shop-1";

beforeAll(async () => {
  url = await newDatabase(inject("databaseUrl"));
  // Small, as a pool that waits for locks runs dry.
  pool = new pg.Pool({ connectionString: url, max: 4 });
  store = await openPostgresStore(pool, { now: () => nowMs, lockTimeoutMs: 200, idleTimeoutMs: 500 });
});
afterAll(async () => {
  await store.close();
  await pool.end();
});
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  await pool.query("TRUNCATE codegames_transactions");
});

const order = (txn_id: string, product_id = 1n): NewOrder => ({
  merchant,
  txn_id,
  product_id,
  price: 5,
  partner_txn_id: `W-${txn_id}`,
});
const listing = { name: "Card", price: 5, partner_price: 4, isInStock: true };
const shopOf = () => sellOnce({ store, findProduct: () => listing, sell: () => ({}) });

/** Holds the row of a transaction locked, as a process does that has lost its network within a sale. */
async function lockRow(txn_id: string): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  await client.query("BEGIN");
  await client.query("UPDATE codegames_transactions SET state = 'sold' WHERE txn_id = $1", [txn_id]);
  return () => client.end();
}

test("a transaction that somebody has locked takes no other pay down: its status is 503, at once", async () => {
  await store.insertIfNew(order("locked"), 1000);
  const free = await lockRow("locked");
  nowMs += 1000;
  const shop = shopOf();
  const startedAt = performance.now();
  const statuses = Array.from({ length: 20 }, () => shop.status({ txn_id: "locked" }, { merchant }));
  for (const each of await Promise.allSettled(statuses)) {
    expect(each).toMatchObject({ status: "rejected", reason: { httpStatus: 503, retryAfterSeconds: 5 } });
  }
  expect(await shop.recover()).toEqual({ decided: 0, errors: [] });
  const pays = Array.from({ length: 20 }, (_, id) =>
    shop.pay({ product_id: 1n, price: 5, txn_id: `free-${id}` }, { merchant }),
  );
  expect((await Promise.all(pays)).map(({ status }) => status)).toEqual(Array(20).fill("OK"));
  // Nobody waited for the lock: one wait lasts 200 ms.
  console.log(`20 status calls, recover() and 20 pays beside a lock: ${Math.round(performance.now() - startedAt)} ms`);
  await free();
  await vi.waitFor(async () => {
    expect(await shop.status({ txn_id: "locked" }, { merchant })).toMatchObject({ status: "TXN_CANCELED" });
  });
});

test("a key that somebody has inserted and not committed is 503 after the limit, and fails nobody else", async () => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("BEGIN");
  await client.query("INSERT INTO codegames_transactions VALUES ('shop-1', 'held', 1, 5, 'W', 1, 'pending', NULL, 2)");
  const shop = shopOf();
  const pay = (txn_id: string) => shop.pay({ product_id: 1n, price: 5, txn_id }, { merchant });
  const [first, held, other] = await Promise.allSettled(["first", "held", "other"].map(pay));
  expect([first?.status, other?.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(held).toMatchObject({ status: "rejected", reason: new ProblemError(503) });
  await client.query("ROLLBACK");
  expect(await pay("held")).toMatchObject({ status: "OK" });
  await client.end();
});

test("a repeat of a pay that is being sold waits for nothing, and slows nobody", async () => {
  const seen = (await store.insertIfNew(order("sold"), 60_000)) as Undecided;
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const selling = store.settleWithin(seen, async () => {
    start();
    await mayEnd;
    return { state: "sold" };
  });
  await started;
  const shop = shopOf();
  const pay = (txn_id: string) => shop.pay({ product_id: 1n, price: 5, txn_id }, { merchant });
  const statuses = (await Promise.all(["sold", "other", "sold"].map(pay))).map(({ status }) => status);
  expect(statuses).toEqual(["TXN_DUPLICATE", "OK", "TXN_DUPLICATE"]);
  end();
  expect(await selling).toEqual({ state: "sold" });
});

/** A pool that loses the answer to the nth statement that changes many and has this text. */
function losing(statement: string, nth: number): PostgresPool {
  let seen = 0;
  const query = async (text: string, values: readonly unknown[] = []) => {
    const result = await pool.query(text, values as unknown[]);
    const isForMany = values.some((each) => Array.isArray(each) && each.length > 1);
    if (isForMany && text.includes(statement) && ++seen === nth) throw new Error("connection lost");
    return result;
  };
  const { connect, on, off } = pool;
  return { query, connect: connect.bind(pool), on: on.bind(pool), off: off.bind(pool) } as never;
}

const changing = "UPDATE codegames_transactions AS stored";
test.each([
  ["INSERT INTO", 1],
  [changing, 1],
  [changing, 2],
])("when the answer to %s of many pays is lost, time %i, no pay loses its key", async (statement, nth) => {
  const other = await openPostgresStore(losing(statement, nth), { now: () => nowMs });
  const shop = sellOnce({
    store: other,
    findProduct: () => listing,
    sell: ({ partner_txn_id }) => ({ productKey: partner_txn_id }),
  });
  const pays = Array.from({ length: 20 }, (_, id) =>
    shop.pay({ product_id: 1n, price: 5, txn_id: `many-${id}` }, { merchant }),
  );
  const answers = await Promise.all(pays);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill("OK"));
  await other.close();
});

test("a sale that leaves its database transaction alone for too long is ended, and its row is free", async () => {
  const seen = (await store.insertIfNew(order("frozen"), 60_000)) as Undecided;
  const selling = store.settleWithin(seen, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { state: "sold" };
  });
  await expect(selling).rejects.toThrow();
  expect(await store.settle(seen, { state: "refused", status: "TXN_CANCELED" })).toBe(true);
});

test("a sale that waits for a lock of its own for too long is 503 with Retry-After, and undone", async () => {
  await pool.query("DROP TABLE IF EXISTS stock; CREATE TABLE stock (n int); INSERT INTO stock VALUES (1)");
  const holder = new pg.Client(url);
  await holder.connect();
  await holder.query("BEGIN; LOCK stock");
  const shop = sellOnce({
    store,
    findProduct: () => listing,
    async sellWithin(_, tx) {
      await tx.query("UPDATE stock SET n = n - 1");
      return {};
    },
  });
  const paying = shop.pay({ product_id: 1n, price: 5, txn_id: "waits" }, { merchant });
  await expect(paying).rejects.toMatchObject({ httpStatus: 503, retryAfterSeconds: 5 });
  await holder.end();
  expect(await shop.status({ txn_id: "waits" }, { merchant })).toMatchObject({ status: "TXN_CANCELED" });
});

test("type parsers that other code sets do not change an order", async () => {
  const id = 9_007_199_254_740_993n;
  const { insertIfNew } = store;
  await insertIfNew(order("parsed", id), 1000);
  const kept = [20, 23, 700, 701, 1700, 16].map((oid) => [oid, pg.types.getTypeParser(oid)] as const);
  try {
    for (const [oid] of kept) pg.types.setTypeParser(oid, () => 7);
    nowMs += 1000;
    const expected = { product_id: id, price: 5, createdAtMs: nowMs - 1000, isLeaseOver: true };
    expect(await store.find(order("parsed"))).toMatchObject(expected);
    expect(await store.findAbandoned()).toMatchObject([expected]);
    const seen = (await store.insertIfNew(order("new", id), 1000)) as Undecided;
    expect(seen).toMatchObject({ product_id: id, createdAtMs: nowMs, isLeaseOver: false });
    expect(await store.lease(seen, 1000)).toMatchObject({ product_id: id, state: "selling" });
  } finally {
    for (const [oid, parser] of kept) pg.types.setTypeParser(oid, parser);
  }
});

test("an idle connection that the database ends does not end the process", async () => {
  await Promise.all([pool.query("SELECT 1"), pool.query("SELECT 1")]);
  const other = new pg.Client(url);
  await other.connect();
  const ended = new Promise((resolve) => pool.once("error", resolve));
  const endOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  await other.query(endOthers);
  await ended;
  // Others of the pool may be ending still.
  await vi.waitFor(async () => expect(await store.find(order("none"))).toBeUndefined());
  await other.end();
});

test("leases last by the clock of the database, whatever the clocks of processes say", async () => {
  const real = await openPostgresStore(pool);
  vi.spyOn(Date, "now").mockReturnValue(5);
  const seen = (await real.insertIfNew(order("by-database"), 300)) as Undecided;
  expect(Math.abs(seen.createdAtMs - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  expect(await real.find(seen)).toEqual(seen);
  await vi.waitFor(async () => expect(await real.find(seen)).toEqual({ ...seen, isLeaseOver: true }));
  vi.restoreAllMocks();
  await real.close();
});

test.each([
  [{ lockTimeoutMs: 0 }, /option lockTimeoutMs must be a whole number from 1 to 2147483647, is 0/],
  [{ idleTimeoutMs: "5" as never }, /option idleTimeoutMs must be .*, is string/],
])("options %j are refused", async (options, message) => {
  await expect(openPostgresStore(pool, options)).rejects.toThrow(message);
});
