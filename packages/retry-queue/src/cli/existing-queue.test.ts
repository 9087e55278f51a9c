import { afterEach, expect, test } from "vitest";
import { openParts, type Parts } from "../testing/open-parts.ts";
import { openExistingQueue } from "./existing-queue.ts";

let parts: Parts;
afterEach(() => parts.storage.close());

test("the command line migrates nothing: the program that uses the queue does", async () => {
  parts = await openParts();
  await parts.sql("UPDATE codegames.operation_version SET version = 1");
  const opening = openExistingQueue({ database: parts.url, schema: "codegames", name: "hub" });
  await expect(opening).rejects.toMatchObject({
    code: "foreign-database",
    message:
      "Cannot open the queue: the tables of schema codegames have version 1, and this package has 2; " +
      "first run the program that uses this queue with this version",
  });
  expect(await parts.sql("SELECT version FROM codegames.operation_version")).toEqual([{ version: 1 }]);
});
