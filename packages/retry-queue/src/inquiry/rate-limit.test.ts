import { describe, expect, test } from "vitest";
import { readPolicy } from "../policy.ts";
import { initialHubState } from "./hub-state-table.ts";
import { permitCalls, reserveCalls } from "./rate-limit.ts";

const policy = readPolicy({ callsPerSecond: 100, rampSeconds: 10, concurrency: 30, maxPauseSeconds: 15 });
const at = 1_000_000;

describe("the rate limit", () => {
  test("permits calls no further than a second ahead, and spaces them evenly", () => {
    const [, permit] = permitCalls(initialHubState, "a", at, policy);
    expect(permit).toMatchObject({ count: 100, waitMs: 0, isTrial: false });
    const [reserved, slots] = reserveCalls(initialHubState, 60, at, policy);
    expect(slots).toEqual({ firstAtMs: at, spacingMs: 10 });
    expect(permitCalls(reserved, "b", at, policy)[1]).toMatchObject({ count: 40 });
    const [full, later] = reserveCalls(reserved, 60, at, policy);
    expect(later.firstAtMs).toBe(at + 600);
    expect(permitCalls(full, "b", at, policy)[1]).toMatchObject({ count: 0, waitMs: 201 });
  });

  test("permits rates below one call a second, one call at a time", () => {
    const slow = readPolicy({ callsPerSecond: 0.5 });
    const [, { count }] = permitCalls(initialHubState, "a", at, slow);
    const [reserved] = reserveCalls(initialHubState, count, at, slow);
    expect(reserved.nextAtMs).toBe(at + 2000);
    expect(permitCalls(reserved, "a", at, slow)[1]).toMatchObject({ count: 0, waitMs: 1001 });
    expect(permitCalls(reserved, "a", at + 1500, slow)[1].count).toBe(1);
  });

  test("sets no limit for callsPerSecond Infinity", () => {
    const unlimited = readPolicy({ callsPerSecond: Number.POSITIVE_INFINITY });
    expect(permitCalls(initialHubState, "a", at, unlimited)[1].count).toBe(Number.POSITIVE_INFINITY);
    const slots = { firstAtMs: at, spacingMs: 0 };
    expect(reserveCalls(initialHubState, 1000, at, unlimited)).toEqual([initialHubState, slots]);
  });

  test("shares the concurrency among the processes that took part in the last 10 s", () => {
    const [one] = permitCalls(initialHubState, "a", at, policy);
    const [two, permit] = permitCalls(one, "b", at + 9000, policy);
    expect(permit.concurrency).toBe(15);
    expect(permitCalls(two, "b", at + 10_001, policy)[1].concurrency).toBe(30);
    expect(permitCalls(initialHubState, "a", at, readPolicy({ concurrency: 1 }))[1].concurrency).toBe(1);
  });

  test("writes nothing when nothing is new", () => {
    const [noted] = permitCalls(initialHubState, "a", at, policy);
    expect(permitCalls(noted, "a", at + 1999, policy)[0]).toBe(noted);
    expect(permitCalls(noted, "a", at + 2000, policy)[0]).not.toBe(noted);
  });
});
