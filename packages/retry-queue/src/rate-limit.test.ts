import { describe, expect, test } from "vitest";
import { readPolicy } from "./options.ts";
import { closeCircuit, openCircuit, pauseMs } from "./circuit-breaker.ts";
import { freshHubState } from "./hub-state.ts";
import { rateAt, reserve, takePermit } from "./rate-limit.ts";

const policy = readPolicy({ callsPerSecond: 100, rampSeconds: 10, concurrency: 30, maxPauseSeconds: 15 });
const at = 1_000_000;

describe("rate limit and circuit breaker", () => {
  test("promises calls no further than a second ahead, and spaces them evenly", () => {
    const [, permit] = takePermit(freshHubState, "a", at, policy);
    expect(permit).toMatchObject({ count: 100, waitMs: 0, isHalfOpen: false });
    const [reserved, slots] = reserve(freshHubState, 60, at, policy);
    expect(slots).toEqual({ firstAtMs: at, spacingMs: 10 });
    expect(takePermit(reserved, "b", at, policy)[1]).toMatchObject({ count: 40 });
    const [full, later] = reserve(reserved, 60, at, policy);
    expect(later.firstAtMs).toBe(at + 600);
    expect(takePermit(full, "b", at, policy)[1]).toMatchObject({ count: 0, waitMs: 201 });
  });

  test("lets rates below one call a second through, one call at a time", () => {
    const slow = readPolicy({ callsPerSecond: 0.5 });
    const [reserved] = reserve(freshHubState, takePermit(freshHubState, "a", at, slow)[1].count, at, slow);
    expect(reserved.nextAtMs).toBe(at + 2000);
    expect(takePermit(reserved, "a", at, slow)[1]).toMatchObject({ count: 0, waitMs: 1001 });
    expect(takePermit(reserved, "a", at + 1500, slow)[1].count).toBe(1);
  });

  test("sets no limit when there is none", () => {
    const unlimited = readPolicy({ callsPerSecond: Number.POSITIVE_INFINITY });
    expect(takePermit(freshHubState, "a", at, unlimited)[1].count).toBe(Number.POSITIVE_INFINITY);
    expect(reserve(freshHubState, 1000, at, unlimited)).toEqual([freshHubState, { firstAtMs: at, spacingMs: 0 }]);
  });

  test("shares the concurrency among the processes heard of in the last 10 s", () => {
    const [one] = takePermit(freshHubState, "a", at, policy);
    const [two, permit] = takePermit(one, "b", at + 9000, policy);
    expect(permit.concurrency).toBe(15);
    expect(takePermit(two, "b", at + 10_001, policy)[1].concurrency).toBe(30);
    expect(takePermit(freshHubState, "a", at, readPolicy({ concurrency: 1 }))[1].concurrency).toBe(1);
  });

  test("writes nothing when there is nothing new", () => {
    const [noted] = takePermit(freshHubState, "a", at, policy);
    expect(takePermit(noted, "a", at + 1999, policy)[0]).toBe(noted);
    expect(takePermit(noted, "a", at + 2000, policy)[0]).not.toBe(noted);
  });

  test("pauses for 1 s, 2 s, 4 s, … and at most maxPauseSeconds, with one trial after each", () => {
    expect([1, 2, 3, 4, 5, 50].map((pauses) => pauseMs(pauses, policy))).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    const down = openCircuit(freshHubState, at, policy, false);
    expect(takePermit(down, "a", at + 400, policy)[1]).toMatchObject({ count: 0, waitMs: 600 });
    const [onTrial, trial] = takePermit(down, "a", at + 1000, policy);
    expect(trial).toMatchObject({ count: 1, isHalfOpen: true });
    expect(takePermit(onTrial, "b", at + 1001, policy)[1]).toMatchObject({ count: 0 });
    const still = openCircuit(onTrial, at + 1100, policy, true);
    expect(still.pausedUntilMs).toBe(at + 1100 + 2000);
  });

  test("counts one of the many calls that find the hub down at once", () => {
    const down = openCircuit(freshHubState, at, policy, false);
    expect(openCircuit(down, at + 5, policy, false)).toBe(down);
  });

  test("waits as long as the hub asks for", () => {
    expect(openCircuit(freshHubState, at, policy, false, 60_000).pausedUntilMs).toBe(at + 60_000);
    expect(openCircuit(openCircuit(freshHubState, at, policy, false), at + 5, policy, false, 60_000).pausedUntilMs).toBe(at + 60_005);
  });

  test("rises from a tenth of the rate to the whole within rampSeconds", () => {
    const up = closeCircuit(openCircuit(freshHubState, at, policy, false), at);
    expect([0, 1000, 5000, 10_000, 20_000].map((ms) => rateAt(up, at + ms, policy))).toEqual([10, 10, 50, 100, 100]);
    expect(rateAt(up, at, { ...policy, rampSeconds: 0 })).toBe(100);
    expect(closeCircuit(freshHubState, at)).toBe(freshHubState);
  });
});
