import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { groupCommits, type Write } from "./group-commit.ts";
import { oneAtATime } from "./one-at-a-time.ts";

let database: DatabaseSync;
let write: Write;
let commits = 0;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
  commits = 0;
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commitStatement = database.prepare("COMMIT");
  const commit = Object.assign(Object.create(commitStatement), { run: () => (commits++, commitStatement.run()) });
  write = groupCommits(database, { begin, commit }, oneAtATime());
  return () => database.close();
});

const insert = (id: number) => () => database.prepare("INSERT INTO t VALUES (?)").run(id).changes;
const ids = () =>
  database
    .prepare("SELECT id FROM t ORDER BY id")
    .all()
    .map(({ id }) => id);

test("writes of one turn share a commit", async () => {
  expect(await Promise.all([1, 2, 3].map((id) => write(insert(id))))).toEqual([1, 1, 1]);
  expect(commits).toBe(1);
  expect(ids()).toEqual([1, 2, 3]);
  await write(insert(4));
  expect(commits).toBe(2);
});

test("a write that fails fails alone", async () => {
  const writes = await Promise.allSettled([write(insert(1)), write(insert(1)), write(insert(2))]);
  expect(writes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(ids()).toEqual([1, 2]);
});

test("when the commit fails nothing is written, and everybody learns it", async () => {
  database.exec(
    "PRAGMA foreign_keys = ON; CREATE TABLE c (id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
  );
  const orphan = write(() => database.exec("INSERT INTO c VALUES (9)"));
  const writes = await Promise.allSettled([write(insert(1)), orphan]);
  expect(writes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(ids()).toEqual([]);
  expect(database.isTransaction).toBe(false);
  await write(insert(2));
  expect(ids()).toEqual([2]);
});

test("when SQLite has undone the whole transaction, no write is made after that, and everybody learns it", async () => {
  const undoAll = () => {
    // As a full disk does.
    database.exec("ROLLBACK");
    throw new Error("disk full");
  };
  const writes = await Promise.allSettled([write(insert(1)), write(undoAll), write(insert(2))]);
  expect(writes).toEqual(Array(3).fill({ status: "rejected", reason: new Error("disk full") }));
  expect(ids()).toEqual([]);
  await write(insert(3));
  expect(ids()).toEqual([3]);
});

test("a write to a database that was closed meanwhile is rejected", async () => {
  const writing = write(insert(1));
  database.close();
  await expect(writing).rejects.toThrow();
  database = new DatabaseSync(":memory:");
});

test("a transaction that somebody else has begun is left alone", async () => {
  database.exec("BEGIN; INSERT INTO t VALUES (7)");
  await expect(write(insert(1))).rejects.toThrow("cannot start a transaction within a transaction");
  database.exec("COMMIT");
  expect(ids()).toEqual([7]);
});
