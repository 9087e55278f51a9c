import type { StatusResult } from "@codegames/client";
import { expect, test } from "vitest";
import type { QueueContext } from "../operations/queue-context.ts";
import { readPolicy } from "../policy.ts";
import { absent, notSent, sold, unknown } from "../testing/results.ts";
import { HubHealth } from "./hub-health.ts";
import { type HubState, type HubStateTable, initialHubState } from "./hub-state-table.ts";

/** A health on a state in memory, at the time 1000. */
function open(state: HubState = initialHubState) {
  const events: unknown[][] = [];
  const shared = { state };
  const table: Pick<HubStateTable, "change"> = {
    async change(change) {
      const [changed, result] = change(shared.state, 1000);
      shared.state = changed;
      return result;
    },
  };
  const context: Partial<QueueContext> = {
    policy: readPolicy({ pauseAfterFailures: 3 }),
    emit: (event, ...args) => void events.push([event, ...args]),
  };
  return { health: new HubHealth(context as QueueContext, table as HubStateTable), shared, events };
}

test.each<[string, StatusResult, boolean]>([
  ["a timeout", unknown("timeout"), true],
  ["a lost connection", unknown("connection"), true],
  ["HTTP 500", unknown("http-status", { httpStatus: 500 }), true],
  ["HTTP 503 without Retry-After", unknown("http-status", { httpStatus: 503 }), true],
  [
    "HTTP 503 with Retry-After, which says that the hub is still deciding",
    unknown("http-status", { httpStatus: 503, retryAfterMs: 1 }),
    false,
  ],
  ["a broken body", unknown("malformed", { httpStatus: 200 }), false],
  ["TXN_NOT_FOUND", absent, false],
  ["a sale", sold, false],
])("%s in a row opens the circuit breaker: %s", async (_, result, opens) => {
  const { health, shared, events } = open();
  for (let count = 0; count < 2; count++) await health.note(result, false);
  expect([health.isDown, shared.state.pauses]).toEqual([false, 0]);
  await health.note(result, false);
  expect([health.isDown, shared.state.pauses]).toEqual([opens, opens ? 1 : 0]);
  expect(events).toEqual(opens ? [["paused", { reason: "unclear" }]] : []);
});

test("a hub that cannot be reached is down at once, and an answer begins to count anew", async () => {
  const { health, shared } = open();
  await health.note(unknown(), false);
  await health.note(unknown(), false);
  await health.note(sold, false);
  await health.note(unknown(), false);
  expect(health.isDown).toBe(false);
  await health.note(notSent, false);
  expect([health.isDown, shared.state.pauses]).toEqual([true, 1]);
  health.forgetFailures();
  expect(health.isDown).toBe(false);
});

test("HTTP 429 pauses everybody for as long as it asks, without counting as down", async () => {
  const { health, shared } = open();
  await health.note(unknown("http-status", { httpStatus: 429, retryAfterMs: 60_000 }), false);
  expect([health.isDown, shared.state.pausedUntilMs]).toEqual([false, 61_000]);
});

test("a good trial call closes the circuit breaker, and a failed one opens it for longer", async () => {
  const opened: HubState = { ...initialHubState, pauses: 1, pausedUntilMs: 900 };
  const failing = open(opened);
  await failing.health.note(unknown(), true);
  expect(failing.shared.state.pauses).toBe(2);
  expect(failing.events).toEqual([]);
  const good = open(opened);
  await good.health.note(absent, true);
  expect(good.shared.state).toMatchObject({ pauses: 0, resumedAtMs: 1000 });
  expect(good.events).toEqual([["resumed"]]);
});
