import { operations } from "@codegames/contract";
import { describe, expect, test } from "vitest";
import { openRetryQueue } from "./open-retry-queue.ts";
import { readPolicy } from "./options.ts";

const client = { pay: async () => ({}) as never, status: async () => ({}) as never };
const given = { client, onSettled: () => {}, database: "/nonexistent/for/this/test" };

describe("the policy", () => {
  test("has the contract's defaults", () => {
    const { attempts, periodSeconds } = operations.status.statusQueue;
    expect(readPolicy()).toMatchObject({ attempts, periodSeconds, notFoundAnswers: 5 });
    expect(readPolicy({ attempts: 7 })).toMatchObject({ attempts: 7, periodSeconds: 120 });
  });

  test.each([
    ["attempts", 0, "an integer from 1 to 100000, is 0"],
    ["attempts", 1.5, "an integer from 1 to 100000, is 1.5"],
    ["periodSeconds", Number.NaN, "a number from 1 to 86400, is NaN"],
    ["jitter", 0.6, "a number from 0 to 0.5, is 0.6"],
    ["notFoundAnswers", 0, "an integer from 1 to 100, is 0"],
    ["callsPerSecond", 0, "a number from 0.01 to 100000, is 0"],
    ["concurrency", Number.POSITIVE_INFINITY, "an integer from 1 to 10000, is Infinity"],
    ["newestShare", 1, "a number from 0 to 0.9, is 1"],
    ["pollSeconds", "1", 'a number from 0.01 to 60, is "1"'],
  ])("refuses %s of %s by name and range", (name, value, range) => {
    expect(() => readPolicy({ [name]: value } as never)).toThrow(
      `Cannot open the queue: option policy.${name} must be ${range}`,
    );
  });

  test("refuses an unknown option", () => {
    const message = "option policy.atempts is not known; allowed: attempts, periodSeconds,";
    expect(() => readPolicy({ atempts: 1 } as never)).toThrow(message);
  });
});

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
