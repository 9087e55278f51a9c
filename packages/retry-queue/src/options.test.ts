import { expect, test } from "vitest";
import { openRetryQueue } from "./open-retry-queue.ts";

const client = { pay: async () => ({}) as never, status: async () => ({}) as never };
const given = { client, onSettled: () => {}, database: "/nonexistent/for/this/test" };

const databaseMessage = "option database must be a folder, a URL postgres://…, or an instance of pg-boss";

test.each([
  [{ client: {} }, "option client must be a client of createClient"],
  [{ onSettled: undefined }, "option onSettled must be a function, is missing"],
  [{ schema: "Robert'); DROP" }, `option schema must be 1 to 50 of a-z, 0-9 and _, is "Robert'); DROP"`],
  [{ database: "mysql://user:hunter2@localhost/shop" }, `${databaseMessage}, is another URL`],
  [{ database: "" }, databaseMessage],
  [{ database: {} }, databaseMessage],
  [{ name: "" }, 'option name must be 1 to 40 letters, digits, _ or -, is ""'],
  [{ polcy: {} }, "option polcy is not known; allowed: client,"],
  [{ policy: 5 }, "option policy must be an object, is 5"],
  [{ policy: null }, "option policy must be an object, is null"],
  [{ policy: { attempts: -1 } }, "option policy.attempts must be an integer from 1 to 100000, is -1"],
])("openRetryQueue(%o) is refused before anything is opened", async (wrong, message) => {
  const opening = openRetryQueue({ ...given, ...wrong } as never);
  await expect(opening).rejects.toMatchObject({ code: "invalid-option", message: expect.stringContaining(message) });
});
