import { expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import type { Db } from "../storage/db.ts";
import { ownBooks, SharedBooks } from "./books.ts";
import type { OnSettled, Settlement } from "./settlement.ts";

const settlement = (txn_id: string) => ({ txn_id }) as Settlement;

/** Shared books over a database that only notes what it is told, and a clock that a test moves. */
function scene(onSettled: OnSettled) {
  const told: string[] = [];
  const tx: Db = { executeSql: async (text) => (told.push(text), { rows: [] }) };
  let ring = () => {};
  const clock = { setTimeout: (work: () => void) => (ring = work), clearTimeout() {} } as unknown as Clock;
  return { told, books: new SharedBooks(tx, clock, onSettled), ring: () => ring() };
}

test("shared books move one savepoint on, and the transaction has its own time limit again afterwards", async () => {
  const { told, books } = scene(async ({ txn_id }, tx) => void (await tx.executeSql(txn_id)));
  expect([await books.book(settlement("A")), await books.book(settlement("B"))]).toEqual([true, true]);
  await books.close();
  const next = "RELEASE SAVEPOINT book; SAVEPOINT book";
  const end = "RELEASE SAVEPOINT book; SET LOCAL statement_timeout = DEFAULT";
  expect(told).toEqual(["SET LOCAL statement_timeout = 50; SAVEPOINT book", "A", next, "B", next, end]);
});

test("what throws is undone, and says false", async () => {
  const { told, books } = scene(() => {
    throw new Error("out of paper");
  });
  expect(await books.book(settlement("A"))).toBe(false);
  expect(told.at(-1)).toBe("ROLLBACK TO SAVEPOINT book");
});

test("what is too slow is undone, its signal is aborted, and its tx refuses more", async () => {
  const seen: { signal?: AbortSignal; tx?: Db } = {};
  const { books, ring } = scene((_, tx, { signal }) => {
    Object.assign(seen, { tx, signal });
    return new Promise(() => {});
  });
  const booking = books.book(settlement("A"));
  await Promise.resolve();
  ring();
  expect(await booking).toBe(false);
  expect(seen.signal?.aborted).toBe(true);
  await expect(seen.tx?.executeSql("SELECT 1")).rejects.toThrow("this settlement has ended");
});

test("when the answer to the end of a savepoint is lost, the transaction ends: it may be on either side", async () => {
  const told: string[] = [];
  const tx: Db = {
    async executeSql(text) {
      told.push(text);
      if (text.startsWith("RELEASE")) throw new Error("Query read timeout");
      return { rows: [] };
    },
  };
  const books = new SharedBooks(tx, { setTimeout() {}, clearTimeout() {} } as unknown as Clock, () => {});
  await expect(books.book(settlement("A"))).rejects.toThrow("Query read timeout");
  expect(told.at(-1)).toMatch("RELEASE");
});

test("books that nobody shares end only by themselves", async () => {
  const { told, books } = scene(() => {});
  await books.close();
  expect(told).toEqual([]);
  const alone = ownBooks({ executeSql: async () => ({ rows: [] }) }, (_, _tx, { signal }) => signal.throwIfAborted());
  expect(await alone.book(settlement("A"))).toBe(true);
});
