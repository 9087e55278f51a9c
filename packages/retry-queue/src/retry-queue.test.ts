// Long, because every rule of the queue is a short case over one set-up of clients and databases.
import { once } from "node:events";
import { inspect } from "node:util";
import type { PayResult, StatusResult } from "@codegames/client";
import { conceal } from "@codegames/codec";
import { newDatabase } from "@codegames/database";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { PgBoss, systemClock } from "pg-boss";
import { afterEach, describe, expect, inject, test } from "vitest";
import { openRetryQueue } from "./open-retry-queue.ts";
import type { RetryQueueEvents } from "./operations/events.ts";
import type { RetryQueueOptions } from "./options.ts";
import type { RetryQueue } from "./retry-queue.ts";

const attempt = { attemptId: "1", elapsedMs: 1, deviations: [] };
const noDetails = { status: undefined, httpStatus: undefined, retryAfterMs: undefined, problem: undefined };
const unknown = (reason = "timeout", more = {}) =>
  ({ outcome: "unknown", reason, ...noDetails, detail: "unclear", ...attempt, ...more }) as never;
const notSent = { outcome: "not-sent", reason: "unreachable", detail: "there is no connection", ...attempt } as const;
const sold: StatusResult = {
  outcome: "succeeded",
  status: "OK",
  body: { status: "OK", partner_txn_id: "P-1" },
  httpStatus: 200,
  ...attempt,
};
const canceled: StatusResult = {
  outcome: "rejected",
  status: "TXN_CANCELED",
  body: { status: "TXN_CANCELED" },
  httpStatus: 200,
  ...attempt,
};
const paid: PayResult = {
  outcome: "succeeded",
  status: "OK",
  httpStatus: 200,
  ...attempt,
  body: { status: "OK", partner_txn_id: "P-1", product: { id: 1n, name: "Card", productKey: conceal("KEY-17") } },
};
const order = { product_id: 1n, price: 100, txn_id: "A-1" };
const failNow = () => {
  throw new Error("not now");
};

let url: string;
let queues: RetryQueue[] = [];
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.stop()));
  queues = [];
});

interface OpenOptions extends Partial<RetryQueueOptions> {
  pays?: PayResult[];
  answers?: StatusResult[];
}

/** Opens a queue, on a new database if none is given. Its hub answers with `pays` and `answers`; the last repeats. */
async function open({ pays = [unknown()], answers = [unknown()], ...options }: OpenOptions = {}) {
  const calls = { pay: 0, status: 0 };
  const next = <T>(results: T[], count: number) => results[Math.min(count, results.length) - 1] as T;
  if (!options.database) url = await newDatabase(inject("databaseUrl"));
  const settled: string[] = [];
  const queue = await openRetryQueue({
    client: { pay: async () => next(pays, ++calls.pay), status: async () => next(answers, ++calls.status) },
    database: url,
    policy: { attempts: 3, periodSeconds: 1, payTimeoutSeconds: 1, jitter: 0, pollSeconds: 0.05 },
    onSettled: ({ outcome }) => void settled.push(outcome),
    ...options,
  });
  queues.push(queue);
  return { queue, calls, settled };
}

/** Waits for an event of a queue. */
const happens = <Event extends keyof RetryQueueEvents>(queue: RetryQueue, event: Event) =>
  once(queue, event, { signal: AbortSignal.timeout(20_000) }) as Promise<unknown[]> as Promise<RetryQueueEvents[Event]>;

async function sql(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

describe("pay()", () => {
  test("refuses another request under a known txn_id, and does not send a known request a second time", async () => {
    const { queue, calls } = await open();
    await queue.pay(order);
    expect(await queue.pay({ ...order, price: 100.0, product_id: 1 })).toMatchObject({
      state: "pending",
      result: undefined,
    });
    await expect(queue.pay({ ...order, price: 101 })).rejects.toMatchObject({ code: "conflicting-request" });
    await expect(queue.pay({ ...order, product_id: 2n })).rejects.toMatchObject({ code: "conflicting-request" });
    expect(calls.pay).toBe(1);
  });

  test.each([
    [{ ...order, price: Number.NaN }],
    [{ ...order, price: -1 }],
    [{ ...order, txn_id: "" }],
    [{ ...order, txn_id: "a\0b" }],
    [{ ...order, product_id: 2 ** 60 }],
  ])("neither stores nor sends %o", async (wrong) => {
    const { queue, calls } = await open();
    await expect(queue.pay(wrong)).rejects.toMatchObject({ code: "invalid-request" });
    expect(calls.pay).toBe(0);
    expect(await sql("SELECT 1 FROM codegames.operation")).toEqual([]);
  });

  test("sends a pay again that did not leave, cancels one that is not sent again, and asks no /status", async () => {
    const { queue, calls, settled } = await open({ pays: [notSent, paid, notSent], answers: [sold] });
    expect(await queue.pay(order)).toMatchObject({ state: "not-sent" });
    expect(await queue.pay(order)).toMatchObject({ state: "succeeded", settlement: { product: { id: 1n } } });
    expect(await queue.pay({ ...order, txn_id: "A-2" })).toMatchObject({ state: "not-sent" });
    const done = happens(queue, "settled");
    await queue.start();
    expect((await done)[0]).toMatchObject({ txn_id: "A-2", outcome: "cancelled", by: "not-sent" });
    expect(calls).toEqual({ pay: 3, status: 0 });
    expect(settled).toEqual(["succeeded", "cancelled"]);
  });

  test("sends nothing when the process slept longer than a pay can take: others may have settled it", async () => {
    let nowMs = Date.now();
    const { queue, calls } = await open({ clock: { ...systemClock, now: () => (nowMs += 2000) } });
    expect(await queue.pay(order)).toMatchObject({ state: "pending", result: undefined });
    expect(calls.pay).toBe(0);
  });

  test("emits an alarm when the hub refuses the request before it reads it", async () => {
    const { queue } = await open({ pays: [unknown("request-refused", { httpStatus: 401 })] });
    const alarm = happens(queue, "alarm");
    await queue.pay(order);
    expect((await alarm)[0]).toMatchObject({ txn_id: "A-1", answer: { reason: "request-refused", httpStatus: 401 } });
  });
});

describe("a settlement", () => {
  test("is tried again with its product when onSettled throws, and happens once", async () => {
    const keys: (string | undefined)[] = [];
    const { queue } = await open({
      pays: [paid],
      onSettled: async ({ product }, tx) => {
        keys.push(product?.productKey?.reveal());
        await tx.executeSql("CREATE TABLE delivered AS SELECT 1 AS one");
        if (keys.length === 1) throw new Error("the printer is out of paper");
      },
    });
    const failed = happens(queue, "settlement-failed");
    const done = happens(queue, "settled");
    expect(await queue.pay(order)).toMatchObject({ state: "pending" });
    await failed;
    await done;
    expect(keys).toEqual(["KEY-17", "KEY-17"]);
    expect(await sql("SELECT * FROM delivered")).toEqual([{ one: 1 }]);
    expect(await queue.get("A-1")).toMatchObject({ state: "succeeded", settlement: { isKeyMissing: false } });
  });

  test("has its product, and so its key, when the answer's product has no id (D18)", async () => {
    const product = { productKey: conceal("KEY-17") };
    const { queue } = await open({ pays: [{ ...paid, body: { ...paid.body, product } } as never] });
    expect(await queue.pay(order)).toMatchObject({ settlement: { isKeyMissing: false, product } });
  });

  test("lacks its key when what came with it could not be read, and the body is kept (D17, C3)", async () => {
    const unread = { body: conceal(new Uint8Array([1])), mediaType: undefined, isCut: false, lacksSecret: true };
    const { queue } = await open({ pays: [{ ...paid, unread } as never] });
    expect(await queue.pay(order)).toMatchObject({ attention: "key-missing", settlement: { isKeyMissing: true } });
    expect(queue.unread("A-1")?.body.reveal()).toEqual(new Uint8Array([1]));
  });

  test("does not happen when onSettled hides an error of the database", async () => {
    let calls = 0;
    const { queue } = await open({
      pays: [paid],
      onSettled: async (_, tx) => {
        if (++calls === 1) await tx.executeSql("SELECT 1 / 0").catch(() => {});
      },
    });
    const failed = happens(queue, "settlement-failed");
    const done = happens(queue, "settled");
    await queue.pay(order);
    await failed;
    await done;
    expect(calls).toBe(2);
  });

  test("by another process has no product, and says that the key is missing", async () => {
    const first = await open({ pays: [paid], onSettled: failNow });
    await first.queue.pay(order);
    await first.queue.stop();
    const second = await open({ database: url });
    const done = happens(second.queue, "key-missing");
    await second.queue.start();
    expect((await done)[0]).toMatchObject({ outcome: "succeeded", by: "pay", isKeyMissing: true, product: undefined });
    expect(second.calls.status).toBe(0);
  });

  test("that a later answer contradicts is a conflict for the operator, and not another settlement", async () => {
    const { queue, settled } = await open({ pays: [paid], answers: [canceled] });
    await queue.pay(order);
    const conflict = happens(queue, "conflict");
    expect(await queue.ask("A-1")).toMatchObject({ state: "succeeded", attention: "conflict" });
    expect((await conflict)[0]).toEqual({ txn_id: "A-1", settled: "succeeded", answered: "cancelled" });
    expect(settled).toEqual(["succeeded"]);
    const resolved = await queue.resolve("A-1", "delivered", "the hub was wrong");
    expect(resolved).toMatchObject({ state: "succeeded", attention: undefined });
  });
});

describe("an operation whose attempts are used up", () => {
  test("is unresolved, can be redriven, and is closed by the operator with a note", async () => {
    const { queue, calls, settled } = await open();
    await queue.pay(order);
    const givenUp = happens(queue, "unresolved");
    await queue.start();
    await givenUp;
    expect(calls.status).toBe(3);
    expect(await queue.unresolved()).toMatchObject([{ txn_id: "A-1", state: "unresolved", attention: "unresolved" }]);
    expect(await queue.redrive()).toBe(1);
    await happens(queue, "unresolved");
    expect(calls.status).toBe(6);
    await expect(queue.resolve("A-1", "refunded", " ")).rejects.toMatchObject({ code: "invalid-option" });
    const resolved = await queue.resolve("A-1", "refunded", "the hub says it never came");
    expect(resolved).toMatchObject({
      state: "resolved",
      attention: undefined,
      settlement: { outcome: "cancelled", by: "person" },
    });
    await expect(queue.resolve("A-1", "refunded", "again")).rejects.toMatchObject({ code: "wrong-state" });
    await expect(queue.resolve("B-1", "refunded", "who?")).rejects.toMatchObject({ code: "unknown-operation" });
    const { events } = await queue.trail(resolved);
    expect(events.map(({ kind }) => kind)).toEqual(["unresolved", "redriven", "unresolved", "resolved"]);
    expect(settled).toEqual([]);
    expect(await sql("SELECT name FROM codegames.job WHERE state < 'completed'")).toEqual([]);
  });

  test("is settled after all by a late answer", async () => {
    const { queue, settled } = await open({ answers: [unknown(), unknown(), unknown(), sold] });
    await queue.pay(order);
    const givenUp = happens(queue, "unresolved");
    await queue.start();
    await givenUp;
    expect(await queue.ask("A-1")).toMatchObject({ state: "succeeded", attention: "key-missing" });
    expect(settled).toEqual(["succeeded"]);
  });
});

describe("a settlement that fails", () => {
  test("is reported without the key, which errors of a database quote", async () => {
    const { queue } = await open({
      pays: [paid],
      onSettled: async ({ product }, tx) => {
        await tx.executeSql("CREATE TABLE IF NOT EXISTS shelf (code text CHECK (length(code) > 100))");
        await tx.executeSql("INSERT INTO shelf VALUES ($1)", [product?.productKey?.reveal()]);
      },
    });
    const failed = happens(queue, "settlement-failed");
    await queue.pay(order);
    const [{ error }] = await failed;
    expect(error).toMatchObject({ code: "23514", table: "shelf" });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toMatch(/KEY-17/);
  });

  test("is repeated with the key that came with the pay, also when /status comes first", async () => {
    let isBroken = true;
    const { queue } = await open({
      pays: [paid],
      answers: [sold],
      onSettled: () => {
        if (isBroken) throw new Error("not now");
      },
    });
    await queue.pay(order);
    isBroken = false;
    const done = happens(queue, "settled");
    await queue.ask("A-1");
    expect((await done)[0]).toMatchObject({ outcome: "succeeded", isKeyMissing: false, product: { id: 1n } });
  });

  test("is not replaced by a later answer, which is a conflict", async () => {
    let isBroken = true;
    const { queue, settled } = await open({
      pays: [unknown()],
      answers: [sold, canceled],
      onSettled: ({ outcome }) => {
        if (isBroken) throw new Error("not now");
        settled.push(outcome);
      },
    });
    await queue.pay(order);
    await queue.ask("A-1");
    isBroken = false;
    const conflict = happens(queue, "conflict");
    await queue.ask("A-1");
    expect((await conflict)[0]).toEqual({ txn_id: "A-1", settled: "succeeded", answered: "cancelled" });
    expect(settled).toEqual(["succeeded"]);
  });
});

test("a partner_txn_id that PostgreSQL cannot store is passed to onSettled unchanged", async () => {
  const body = { ...paid.body, partner_txn_id: "P\0\ud800" };
  const { queue } = await open({ pays: [{ ...paid, body } as PayResult] });
  const done = happens(queue, "settled");
  expect(await queue.pay(order)).toMatchObject({ state: "succeeded" });
  expect((await done)[0].partner_txn_id).toBe("P\0\ud800");
});

test("a call of the queue within its own transaction is refused, and does not wait for itself", async () => {
  const errors: unknown[] = [];
  const { queue } = await open({
    pays: [paid],
    onSettled: async () => void errors.push(await queue.get("A-1").catch((error: unknown) => error)),
  });
  expect(await queue.pay(order)).toMatchObject({ state: "succeeded" });
  expect(errors).toMatchObject([{ code: "inside-transaction" }]);
  await queue.transaction((db) => queue.watch({ txn_id: "A-2" }, { db }));
  expect(await queue.get("A-2")).toMatchObject({ state: "pending" });
});

test("a pay whose client rejects is unknown", async () => {
  const rejects = async () => {
    throw new TypeError("fetch failed");
  };
  const { queue } = await open({ client: { pay: rejects, status: rejects } });
  expect(await queue.pay(order)).toMatchObject({
    state: "pending",
    payAnswer: { outcome: "unknown", reason: "connection" },
  });
});

test("a sold operation cannot be resolved as refunded", async () => {
  const { queue } = await open({ answers: [sold] });
  await queue.pay(order);
  expect(await queue.ask("A-1")).toMatchObject({ attention: "key-missing" });
  const message = expect.stringContaining("it is sold");
  await expect(queue.resolve("A-1", "refunded", "a slip")).rejects.toMatchObject({ code: "wrong-state", message });
  expect(await queue.resolve("A-1", "delivered", "the key came by mail")).toMatchObject({ attention: undefined });
});

test("an operation whose pay is sent elsewhere has no status call while its pay can be under way", async () => {
  const { queue } = await open({ policy: { payTimeoutSeconds: 60, periodSeconds: 10, jitter: 0 } });
  await queue.watch({ txn_id: "A-1" });
  const operation = (await queue.get("A-1"))!;
  const { nextAt } = await queue.trail(operation);
  expect(Math.round((Number(nextAt) - Number(operation.createdAt)) / 1000)).toBe(70);
});

test("watch() takes part in a transaction of the caller's", async () => {
  const { queue } = await open();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
  await client.query("BEGIN");
  await queue.watch({ txn_id: "A-1" }, { db });
  await client.query("ROLLBACK");
  expect(await queue.get("A-1")).toBeUndefined();
  await client.query("BEGIN");
  await queue.watch({ txn_id: "A-1" }, { db });
  await client.query("COMMIT");
  await client.end();
  expect(await queue.get("A-1")).toMatchObject({ state: "pending", request: undefined });
  await queue.watch({ txn_id: "A-1" });
  expect(await queue.pay(order)).toMatchObject({ state: "pending", result: undefined });
});

test("a job that was purged by hand is replaced at the start", async () => {
  const { queue } = await open({ answers: [sold] });
  await queue.pay(order);
  await sql("DELETE FROM codegames.job");
  const done = happens(queue, "settled");
  await queue.start();
  expect((await done)[0]).toMatchObject({ outcome: "succeeded" });
});

test("a queue on the caller's pg-boss leaves it running", async () => {
  const connectionString = await newDatabase(inject("databaseUrl"));
  const boss = new PgBoss({ connectionString, schema: "jobs", schedule: false });
  boss.on("error", () => {});
  await boss.start();
  const { queue } = await open({ database: boss, schema: "jobs", pays: [paid] });
  expect(await queue.pay(order)).toMatchObject({ state: "succeeded" });
  await queue.stop();
  expect((await boss.getQueues()).map(({ name }) => name).sort()).toEqual(["hub-status", "hub-unresolved"]);
  await boss.stop();
});

test("a pg-boss without transactions is refused", async () => {
  const lite = await PGlite.create();
  const executeSql = async (text: string, values?: unknown[]) =>
    values ? lite.query(text, values) : { rows: (await lite.exec(text)).flatMap(({ rows }) => rows) };
  const boss = new PgBoss({ db: { executeSql }, backend: "pglite", supervise: false });
  await expect(open({ database: boss })).rejects.toMatchObject({ code: "invalid-option" });
  await lite.close();
});

test("a database that cannot be reached is named, without its password", async () => {
  const client = { pay: async () => paid, status: async () => sold };
  const database = "postgres://user:hunter2@127.0.0.1:9/shop";
  const opening = openRetryQueue({ client, onSettled: () => {}, database });
  await expect(opening).rejects.toMatchObject({
    code: "database-unreachable",
    message: expect.stringMatching(/PostgreSQL at 127\.0\.0\.1:9, database shop cannot be used: .*ECONNREFUSED/),
  });
  await expect(opening).rejects.not.toThrow(/hunter2/);
});

test("tables of a later version are refused and left alone", async () => {
  const { queue } = await open();
  await queue.stop();
  await sql("UPDATE codegames.operation_version SET version = 99");
  await expect(open({ database: url })).rejects.toMatchObject({
    code: "foreign-database",
    message: "Cannot open the queue: the tables of schema codegames have version 99, and this package has 2",
  });
});

test("a call of a stopped queue is refused", async () => {
  const { queue } = await open();
  await queue.stop();
  await queue.stop();
  await expect(queue.pay(order)).rejects.toMatchObject({ code: "closed" });
});

test("a listener that throws does not disturb the queue", async () => {
  const { queue } = await open({ pays: [paid] });
  const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
  const listeners = process.listeners("uncaughtException").slice(0, -1);
  for (const listener of listeners) process.off("uncaughtException", listener);
  queue.on("settled", () => {
    throw new Error("a fault of the listener");
  });
  expect(await queue.pay(order)).toMatchObject({ state: "succeeded" });
  expect(await thrown).toMatchObject({ message: "a fault of the listener" });
  for (const listener of listeners) process.on("uncaughtException", listener);
});
