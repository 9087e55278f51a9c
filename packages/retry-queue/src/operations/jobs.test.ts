import { afterAll, beforeAll, expect, test } from "vitest";
import { openParts, type Parts } from "../testing/open-parts.ts";
import {
  addJobs,
  drawPayAndPeriodSeconds,
  drawPeriodSeconds,
  limitRetryAfterMs,
  makeQueues,
  priorityAt,
} from "./jobs.ts";

let parts: Parts;
beforeAll(async () => void (parts = await openParts({ policy: { periodSeconds: 100, payTimeoutSeconds: 30 } })));
afterAll(() => parts.storage.close());

test("a period is drawn within its jitter, and is never shorter than a second", () => {
  const { context } = parts;
  const draw = (random: number, jitter: number, periodSeconds = 100) =>
    drawPeriodSeconds({ ...context, random: () => random, policy: { ...context.policy, jitter, periodSeconds } });
  expect([draw(0, 0.1), draw(0.5, 0.1), draw(0.75, 0.1), draw(0, 0)]).toEqual([90, 100, 105, 100]);
  expect(draw(0, 0.5, 1)).toBe(1);
  expect(drawPayAndPeriodSeconds(context)).toBe(130);
});

test("older jobs have a higher priority, by the minute", () => {
  expect(priorityAt(59_999)).toBe(priorityAt(0));
  expect(priorityAt(60_000)).toBeLessThan(priorityAt(59_999));
});

test("Retry-After is limited to one hour, or to one period if that is longer", () => {
  const limit = (ms: number | undefined, periodSeconds: number) =>
    limitRetryAfterMs({ ...parts.context.policy, periodSeconds }, ms);
  expect([limit(5000, 120), limit(9e9, 120), limit(9e9, 7200), limit(undefined, 120)]).toEqual([
    5000, 3_600_000, 7_200_000, 0,
  ]);
});

test("the queues neither give up nor delete jobs themselves, and take the period of a new policy", async () => {
  const { context, storage } = parts;
  const read = async () => (await storage.boss.getQueue("hub-status")) as Record<string, number>;
  expect(await read()).toMatchObject({ retryDelay: 100, retryLimit: 2_147_483_647, retentionSeconds: 315_360_000 });
  await makeQueues({ ...context, policy: { ...context.policy, periodSeconds: 7 } });
  expect(await read()).toMatchObject({ retryDelay: 7 });
});

test("no job is no statement", async () => {
  const db = { executeSql: () => Promise.reject(new Error("no statement was due")) };
  await addJobs(parts.context, [], db);
});
