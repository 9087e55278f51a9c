import { afterAll, beforeAll, expect, test } from "vitest";
import { openParts, type Parts } from "../testing/open-parts.ts";
import { HubStateTable, initialHubState } from "./hub-state-table.ts";

let parts: Parts;
beforeAll(async () => void (parts = await openParts()));
afterAll(() => parts.storage.close());

const rows = (queue: string) =>
  parts.sql("SELECT version, state FROM codegames.operation_pace WHERE queue = $1", [queue]);

test("a queue begins with the initial state, by the clock of the database", async () => {
  const table = new HubStateTable(parts.storage, "new");
  const nowMs = await table.change((state, at) => [{ ...state, nextAtMs: 5 }, at]);
  expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000);
  expect(await rows("new")).toEqual([{ version: 1, state: { ...initialHubState, nextAtMs: 5 } }]);
});

test("a change that returns the same state writes nothing", async () => {
  const table = new HubStateTable(parts.storage, "same");
  await table.change((state) => [{ ...state, nextAtMs: 1 }, undefined]);
  expect(await table.change((state) => [state, state.nextAtMs])).toBe(1);
  expect(await rows("same")).toMatchObject([{ version: 1 }]);
});

test("no change of many at once is lost", async () => {
  const tables = Array.from({ length: 10 }, () => new HubStateTable(parts.storage, "busy"));
  const counts = await Promise.all(
    tables.map((table) => table.change((state) => [{ ...state, pauses: state.pauses + 1 }, state.pauses])),
  );
  expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await rows("busy")).toMatchObject([{ version: 10, state: { pauses: 10 } }]);
});
