import { operations } from "@codegames/contract";
import { describe, expect, test } from "vitest";
import { readPolicy } from "./policy.ts";

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
