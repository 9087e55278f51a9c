import { describe, expect, test } from "vitest";
import { readPolicy } from "../policy.ts";
import { circuitStateOf, closeCircuit, openCircuit, pauseMs } from "./circuit-breaker.ts";
import { initialHubState } from "./hub-state-table.ts";
import { permitCalls, rateAt } from "./rate-limit.ts";

const policy = readPolicy({ callsPerSecond: 100, rampSeconds: 10, concurrency: 30, maxPauseSeconds: 15 });
const at = 1_000_000;

describe("the circuit breaker", () => {
  test("opens for 1 s, 2 s, 4 s, … and at most maxPauseSeconds, with one trial call when half-open", () => {
    const pauses = [1, 2, 3, 4, 5, 50].map((count) => pauseMs(count, policy));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    const open = openCircuit(initialHubState, at, policy, false);
    expect(permitCalls(open, "a", at + 400, policy)[1]).toMatchObject({ count: 0, waitMs: 600 });
    const [trying, permit] = permitCalls(open, "a", at + 1000, policy);
    expect(permit).toMatchObject({ count: 1, isTrial: true });
    expect(permitCalls(trying, "b", at + 1001, policy)[1]).toMatchObject({ count: 0 });
    const stillOpen = openCircuit(trying, at + 1100, policy, true);
    expect(stillOpen.pausedUntilMs).toBe(at + 1100 + 2000);
  });

  test("is closed, open, half-open, and closed again", () => {
    const open = openCircuit(initialHubState, at, policy, false);
    const states = [
      circuitStateOf(initialHubState, at),
      circuitStateOf(open, at),
      circuitStateOf(open, at + 1000),
      circuitStateOf(closeCircuit(open, at + 1100), at + 1100),
    ];
    expect(states).toEqual(["closed", "open", "half-open", "closed"]);
  });

  test("counts one of the many calls that find the hub down at once", () => {
    const open = openCircuit(initialHubState, at, policy, false);
    expect(openCircuit(open, at + 5, policy, false)).toBe(open);
  });

  test("stays open as long as the hub asks for", () => {
    expect(openCircuit(initialHubState, at, policy, false, 60_000).pausedUntilMs).toBe(at + 60_000);
    const open = openCircuit(initialHubState, at, policy, false);
    expect(openCircuit(open, at + 5, policy, false, 60_000).pausedUntilMs).toBe(at + 60_005);
  });

  test("lets the rate rise from a tenth to the whole within rampSeconds after it has closed", () => {
    const closed = closeCircuit(openCircuit(initialHubState, at, policy, false), at);
    const rates = [0, 1000, 5000, 10_000, 20_000].map((ms) => rateAt(closed, at + ms, policy));
    expect(rates).toEqual([10, 10, 50, 100, 100]);
    expect(rateAt(closed, at, { ...policy, rampSeconds: 0 })).toBe(100);
    expect(closeCircuit(initialHubState, at)).toBe(initialHubState);
  });
});
