import { expect, test } from "vitest";
import { falseSales, leftOut, readGolden, survey, tools } from "./survey.ts";
import { NotHere } from "./workshop.ts";

test.each(tools.filter(({ isQuick }) => isQuick))("$id does with the contract what the table says", async (tool) => {
  const row = await survey(tool);
  if (row instanceof NotHere) return void console.log(`${tool.id} is left out: ${row.message}`);
  expect(row).toEqual(readGolden().tools[tool.id]);
});

test("no tool in the table takes a duplicate or a cancelled pay for a sale", () => {
  const rows = readGolden().tools;
  expect(Object.keys(rows)).toEqual(tools.map(({ id }) => id));
  for (const [id, { seen }] of Object.entries(rows)) expect([id, falseSales(seen)]).toEqual([id, []]);
  expect(Object.keys(leftOut).filter((id) => id in rows)).toEqual([]);
});

test("a repeat that looks sold is found, whether by its type or by its status", () => {
  expect(falseSales({ repeat: "PaySucceeded TXN_DUPLICATE", canceled: "StatusRefused TXN_CANCELED" })).toEqual([
    "repeat looks sold: PaySucceeded TXN_DUPLICATE",
  ]);
  expect(falseSales({ repeat: "OK", canceled: "StatusSucceeded TXN_CANCELED" })).toHaveLength(2);
});
